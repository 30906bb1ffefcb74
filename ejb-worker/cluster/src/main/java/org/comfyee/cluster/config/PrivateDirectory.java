package org.comfyee.cluster.config;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Directories of files that tell what clients sent: prompts may carry keys for other services. */
public final class PrivateDirectory {
    private static final FileAttribute<?> OF_THIS_USER = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private PrivateDirectory() {}

    /**
     * Makes a directory that no other user of the machine may look into, unless there is one already.
     *
     * @throws IOException if it cannot be made
     */
    public static Path make(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return directory;
        }
        var absolute = directory.toAbsolutePath();
        Files.createDirectories(absolute.getParent());
        boolean knowsUsers = absolute.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            Files.createDirectory(absolute, knowsUsers ? new FileAttribute<?>[] {OF_THIS_USER} : new FileAttribute<?>[0]);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(absolute)) {
                throw e;
            }
            // Another process was faster.
        }
        return directory;
    }
}

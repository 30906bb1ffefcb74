package org.comfyee.web.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Gives uploads their places. Two that come at the same moment do not overwrite each other. */
public final class Uploads {
    private Uploads() {}

    /**
     * A file of that name stays, unless it may be overwritten: the same content is not stored twice, another gets a number.
     *
     * @param received what the client sent, by which files are compared
     * @param content what to store, in the directory of the target; nothing if empty
     * @return where the content lies, or would lie
     */
    public static Path place(Path received, Optional<Path> content, Path target, boolean overwrite) throws IOException {
        if (overwrite) {
            if (Files.isDirectory(target)) {
                throw new FileAlreadyExistsException(target.getFileName().toString(), null, "is a directory");
            }
            if (content.isPresent()) {
                Files.move(content.get(), target, StandardCopyOption.REPLACE_EXISTING);
            }
            return target;
        }
        var candidate = target;
        for (int i = 1; ; i++) {
            if (content.isEmpty() ? !Files.exists(candidate) : create(candidate, content.get())) {
                return candidate;
            }
            if (Files.isRegularFile(candidate) && Files.mismatch(candidate, received) < 0) {
                return candidate;
            }
            candidate = numbered(target, i);
        }
    }

    /** @return whether the name was free */
    private static boolean create(Path target, Path content) throws IOException {
        try {
            // At once with all of its content, for whoever looks at the same moment.
            Files.createLink(target, content);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (UnsupportedOperationException | FileSystemException e) {
            return copy(target, content);
        }
    }

    /** For file systems without links. */
    private static boolean copy(Path target, Path content) throws IOException {
        try {
            Files.copy(content, target);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    private static Path numbered(Path target, int number) {
        var name = target.getFileName().toString();
        int dot = name.lastIndexOf('.');
        var stem = dot <= 0 ? name : name.substring(0, dot);
        var extension = dot <= 0 ? "" : name.substring(dot);
        return target.resolveSibling(stem + " (" + number + ")" + extension);
    }
}

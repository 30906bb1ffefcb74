package org.comfyee.workflow.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The directory of temporary pictures while a process shows them: empty when the first of several that share it comes, and gone
 * when the last one has left. All hold a lock on a file beside it together, and who empties it has that lock alone.
 */
public final class TemporaryPictures implements AutoCloseable {
    private final Folders folders;
    private final FileChannel channel;
    /** Empty if another application of this process holds it. */
    private final Optional<FileLock> lock;

    private TemporaryPictures(Folders folders, FileChannel channel) throws IOException {
        this.folders = folders;
        this.channel = channel;
        emptyIfUnused();
        lock = hold();
        Files.createDirectories(folders.directory(Directory.TEMP));
    }

    /** Makes the directory, and empties it if no other process shows what is there. */
    public static TemporaryPictures open(Folders folders) throws IOException {
        var temp = folders.directory(Directory.TEMP);
        var channel = FileChannel.open(Files.createDirectories(temp.getParent()).resolve(lockName(temp)), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            return new TemporaryPictures(folders, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The file stays: who deletes one that another has opened would let in two. */
    private static String lockName(Path temp) {
        return "." + temp.getFileName() + ".lock";
    }

    private void emptyIfUnused() throws IOException {
        try (var alone = channel.tryLock()) {
            if (alone != null) {
                folders.deleteTemporary();
            }
        } catch (OverlappingFileLockException e) {
            // Another application of this process shows them.
        }
    }

    /** Waits for one that empties the directory. */
    private Optional<FileLock> hold() throws IOException {
        try {
            return Optional.of(channel.lock(0, Long.MAX_VALUE, true));
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        }
    }

    /** Removes the directory, unless another process still shows what is there. */
    @Override
    public void close() throws IOException {
        try (channel) {
            if (lock.isPresent()) {
                lock.get().release();
                emptyIfUnused();
            }
        }
    }
}

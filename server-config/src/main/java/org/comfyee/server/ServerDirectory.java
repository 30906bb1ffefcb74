package org.comfyee.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The directory that one running server has for itself: its configuration and what it deploys. The server's libraries are
 * unpacked once, when ComfyEE is built, and shared by all servers of a machine.
 */
final class ServerDirectory {
    private static final String PREFIX = "comfyee-server-";
    /** Locked as long as the server lives. */
    private static final String LOCK = "lock";
    /** A directory that is younger may be one whose server has not locked it yet. */
    private static final Duration SETTLING = Duration.ofMinutes(1);

    /** Stays open, and so locked, as long as the process lives. */
    private static FileChannel lock;
    /** Held while the directory is made, and for ever by the end of the process. */
    private static final ReentrantLock MAKING = new ReentrantLock();
    private static final int MOST_REMOVALS = 40;
    private static final int PAUSE_MILLIS = 25;
    private static Path own;

    private ServerDirectory() {}

    /**
     * Makes the directory of this process, and removes those that other servers left.
     *
     * @param parent where the directories of all servers of this machine lie
     * @param unpacked an unpacked Payara Micro, which is only read
     */
    static Path make(Path parent, Path unpacked) throws IOException {
        removeAbandoned(parent);
        MAKING.lock();
        try {
            own = Files.createTempDirectory(parent, PREFIX);
            lock = FileChannel.open(own.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock.lock();
            for (var part : List.of("config", "lib", "docroot")) {
                copy(unpacked.resolve(part), own.resolve(part));
            }
            return own;
        } finally {
            MAKING.unlock();
        }
    }

    /**
     * Removes the directory of this process, which ends, also if that has only begun to start: its server may go on for a
     * moment and put something there once more.
     */
    static void removeOwn() {
        MAKING.lock();
        try {
            for (int i = 0; own != null && Files.exists(own) && i < MOST_REMOVALS; i++) {
                remove(own);
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var copy = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectory(copy);
                } else {
                    // Without the original's attributes: it may be read-only.
                    try (var content = Files.newInputStream(file)) {
                        Files.copy(content, copy);
                    }
                }
            }
        }
    }

    private static void removeAbandoned(Path parent) throws IOException {
        try (var directories = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (var directory : directories) {
                if (isAbandoned(directory)) {
                    remove(directory);
                }
            }
        }
    }

    private static boolean isAbandoned(Path directory) {
        try {
            if (Files.getLastModifiedTime(directory).toInstant().isAfter(Instant.now().minus(SETTLING))) {
                return false;
            }
            try (var channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                return channel.tryLock() != null;
            }
        } catch (IOException | OverlappingFileLockException e) {
            // Another user's, or another server is removing it, or this process has it.
            return false;
        }
    }

    /**
     * Removes a directory whose server has stopped: until then it makes further files. Others may see to the same directory,
     * so what cannot be read is passed over.
     */
    static void remove(Path directory) {
        var visitor = new SimpleFileVisitor<Path>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                file.toFile().delete();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, IOException failure) {
                each.toFile().delete();
                return FileVisitResult.CONTINUE;
            }
        };
        try {
            Files.walkFileTree(directory, visitor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

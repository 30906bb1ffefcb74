package org.comfyee.web.files;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What lies below a directory while others write and delete there: a file that vanishes meanwhile is left out and spoils nothing. */
public final class FileTree {
    private FileTree() {}

    /**
     * Files and directories, sorted, without the directory itself.
     *
     * @param depth how far below it; 1 for what lies in it
     * @param options whether links to directories are followed
     */
    public static List<Path> below(Path directory, int depth, FileVisitOption... options) throws IOException {
        var found = new TreeSet<Path>();
        Files.walkFileTree(directory, Set.of(options), depth, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                found.add(visited);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                found.add(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        found.remove(directory);
        return List.copyOf(found);
    }
}

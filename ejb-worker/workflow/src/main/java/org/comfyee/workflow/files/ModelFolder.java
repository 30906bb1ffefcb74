package org.comfyee.workflow.files;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** Directories that together hold the files of one kind of model, in the order of search. */
final class ModelFolder {
    private final CopyOnWriteArrayList<Path> directories;
    private final Set<String> extensions;

    /** @param extensions lower-case with their dot; all files count if there are none */
    ModelFolder(List<Path> directories, Set<String> extensions) {
        this.directories = new CopyOnWriteArrayList<>(directories);
        this.extensions = extensions;
    }

    List<Path> directories() {
        return List.copyOf(directories);
    }

    void add(Path directory, boolean first) {
        if (first) {
            directories.remove(directory);
            directories.add(0, directory);
        } else {
            directories.addIfAbsent(directory);
        }
    }

    /** Relative names with {@code /} between, sorted, each once. */
    List<String> list() {
        var names = new TreeSet<String>();
        directories.forEach(directory -> collect(directory, names));
        return List.copyOf(names);
    }

    private void collect(Path directory, Collection<String> names) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.walkFileTree(directory, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                    return visited.endsWith(".git") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (accepts(file)) {
                        names.add(directory.relativize(file).toString().replace('\\', '/'));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) {
                    // A link that leads nowhere or in a circle hides one file, not the folder.
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("the model directory " + directory + " cannot be listed", e);
        }
    }

    private boolean accepts(Path file) {
        if (extensions.isEmpty()) {
            return true;
        }
        var name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return extensions.contains(dot <= 0 ? "" : name.substring(dot).toLowerCase(Locale.ROOT));
    }

    /** Leading slashes and climbing names stay inside: {@code ../../x} is {@code x}. */
    Optional<Path> find(String name) {
        var inside = Path.of("/").resolve(name.replace('\0', '_')).normalize();
        var relative = Path.of("/").relativize(inside);
        return directories.stream().map(directory -> directory.resolve(relative)).filter(Files::isRegularFile).findFirst();
    }
}

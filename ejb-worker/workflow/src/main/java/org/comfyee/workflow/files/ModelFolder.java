package org.comfyee.workflow.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

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
        directories.forEach(directory -> collect(directory, file -> accepts(file, extensions), file -> names.add(name(directory, file))));
        return List.copyOf(names);
    }

    /** All files with one of these extensions, directory by directory, without hidden ones. */
    List<ModelFile> files(Set<String> wanted) {
        var found = new ArrayList<ModelFile>();
        for (int i = 0; i < directories.size(); i++) {
            int index = i;
            var directory = directories.get(i);
            var files = new ArrayList<Path>();
            collect(directory, file -> accepts(file, wanted) && !DotFiles.isHidden(directory.relativize(file)), files::add);
            files.stream().sorted().forEach(file -> found.add(new ModelFile(name(directory, file), index, file)));
        }
        return found;
    }

    private static String name(Path directory, Path file) {
        return directory.relativize(file).toString().replace('\\', '/');
    }

    private static void collect(Path directory, Predicate<Path> wanted, Consumer<Path> found) {
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
                    if (wanted.test(file)) {
                        found.accept(file);
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
            throw new UncheckedIOException("the model directory " + directory + " cannot be listed", e);
        }
    }

    private static boolean accepts(Path file, Set<String> extensions) {
        if (extensions.isEmpty()) {
            return true;
        }
        var name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return extensions.contains(dot <= 0 ? "" : name.substring(dot).toLowerCase(Locale.ROOT));
    }

    /** Leading slashes and climbing names stay inside: {@code ../../x} is {@code x}. */
    Optional<Path> find(String name) {
        try {
            var inside = Path.of("/").resolve(name.replace('\0', '_')).normalize();
            var relative = Path.of("/").relativize(inside);
            return directories.stream().map(directory -> directory.resolve(relative)).filter(Files::isRegularFile).findFirst();
        } catch (InvalidPathException e) {
            // A name that this system cannot have is none of a file.
            return Optional.empty();
        }
    }
}

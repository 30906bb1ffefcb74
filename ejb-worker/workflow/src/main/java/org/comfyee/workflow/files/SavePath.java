package org.comfyee.workflow.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Where a node saves its files: {@code <directory>/<name>_00001_.png}.
 *
 * @param subfolder relative to the output directory, empty for that itself
 * @param counter the first number that is free
 */
public record SavePath(Path directory, String name, int counter, String subfolder) {

    /**
     * Makes the directory that a prefix such as {@code cats/%year%/cat} asks for, which may be absolute.
     *
     * @param width of the pictures in pixels, for {@code %width%}
     * @param height of the pictures in pixels, for {@code %height%}
     * @throws PathEscapeException if the prefix leads out of {@code root}
     */
    public static SavePath in(Path root, String prefix, long width, long height) throws IOException {
        var home = root.toAbsolutePath().normalize();
        var path = Path.of(expand(prefix, width, height).replace('\0', '_')).normalize();
        var expanded = path.startsWith(home) ? home.relativize(path) : path;
        var name = expanded.getFileName() == null ? "" : expanded.getFileName().toString();
        var subfolder = expanded.getParent() == null ? "" : expanded.getParent().toString();
        var directory = Inside.resolve(root, subfolder);
        if (name.equals("..")) {
            throw new PathEscapeException("the prefix '" + prefix + "' leads out of the output directory");
        }
        make(directory);
        return new SavePath(directory, name, nextCounter(directory, name), subfolder);
    }

    /** Begins with the first number, without a look at what is there. */
    public static SavePath fresh(Path directory, String name) throws IOException {
        make(directory);
        return new SavePath(directory, name, 1, "");
    }

    private static void make(Path directory) throws IOException {
        // Making one that is there costs an exception.
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
        }
    }

    private static String expand(String prefix, long width, long height) {
        if (!prefix.contains("%")) {
            return prefix;
        }
        var now = LocalDateTime.now();
        return prefix.replace("%width%", Long.toString(width))
                .replace("%height%", Long.toString(height))
                .replace("%year%", Integer.toString(now.getYear()))
                .replace("%month%", twoDigits(now.getMonthValue()))
                .replace("%day%", twoDigits(now.getDayOfMonth()))
                .replace("%hour%", twoDigits(now.getHour()))
                .replace("%minute%", twoDigits(now.getMinute()))
                .replace("%second%", twoDigits(now.getSecond()));
    }

    private static String twoDigits(int number) {
        return String.format("%02d", number);
    }

    private static int nextCounter(Path directory, String name) {
        var numbered = Pattern.compile(Pattern.quote(name) + "_(\\d{1,9})(_.*)?", Pattern.DOTALL);
        int last = 0;
        // Plain names, since there may be many thousands.
        for (var file : Objects.requireNonNullElse(directory.toFile().list(), new String[0])) {
            if (file.startsWith(name)) {
                var match = numbered.matcher(file);
                if (match.matches()) {
                    last = Math.max(last, Integer.parseInt(match.group(1)));
                }
            }
        }
        return last + 1;
    }

    /** The name of a file, with the place of its picture in the batch for {@code %batch_num%}. */
    public String fileName(int batchIndex, int number, String extension) {
        return "%s_%05d_.%s".formatted(name.replace("%batch_num%", Integer.toString(batchIndex)), number, extension);
    }
}

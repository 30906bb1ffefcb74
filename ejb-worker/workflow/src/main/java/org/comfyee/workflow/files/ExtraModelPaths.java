package org.comfyee.workflow.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Directories of models beside the usual ones, as ComfyUI's {@code extra_model_paths.yaml} names them: sections of any name,
 * in each of which {@code base_path} is where the others begin, {@code is_default} puts them before those known already, and
 * every other key is a folder of models with one directory a line.
 */
public final class ExtraModelPaths {
    /** The file that is read without being asked for, in the working directory. */
    public static final String USUAL_NAME = "extra_model_paths.yaml";

    private static final String BASE = "base_path";
    private static final String DEFAULT = "is_default";
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{([^}]*)}|(\\w+))");

    private final Path file;
    private final List<Extra> found = new ArrayList<>();

    private ExtraModelPaths(Path file) {
        this.file = file.toAbsolutePath().normalize();
    }

    /** @param first whether it is searched before the directories that were known until then */
    public record Extra(String folder, Path directory, boolean first) {}

    /**
     * The directories in the order in which they are to be added.
     *
     * @throws IllegalArgumentException that names the file and what is wrong in it
     */
    public static List<Extra> read(Path file) {
        var paths = new ExtraModelPaths(file);
        paths.read();
        return List.copyOf(paths.found);
    }

    private void read() {
        var sections = parsed();
        if (sections.isEmpty()) {
            return;
        }
        if (!(sections.get() instanceof Map<?, ?> map)) {
            throw wrong("", sections.get(), "sections, each with folders of models");
        }
        map.forEach((name, content) -> {
            if (content instanceof Map<?, ?> section) {
                readSection(String.valueOf(name), section);
            } else if (content != null) {
                throw wrong(String.valueOf(name), content, "a section with folders of models");
            }
        });
    }

    private Optional<Object> parsed() {
        try {
            // Knows plain values only: tags that stand for classes are errors.
            return Optional.ofNullable(new Load(LoadSettings.builder().setLabel(file.toString()).build()).loadFromString(Files.readString(file)));
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("the extra model paths " + file + " are no YAML: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("the extra model paths " + file + " cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    private void readSection(String name, Map<?, ?> section) {
        boolean first = switch (section.get(DEFAULT)) {
            case null -> false;
            case Boolean given -> given;
            case Object other -> throw wrong(name + "." + DEFAULT, other, "true or false");
        };
        var from = file.getParent();
        if (section.get(BASE) instanceof String base) {
            from = from.resolve(path(name + "." + BASE, expanded(base)));
        } else if (section.get(BASE) != null) {
            throw wrong(name + "." + BASE, section.get(BASE), "a directory");
        }
        for (var entry : section.entrySet()) {
            var folder = String.valueOf(entry.getKey());
            if (folder.equals(BASE) || folder.equals(DEFAULT)) {
                continue;
            }
            if (!(entry.getValue() instanceof String lines)) {
                throw wrong(name + "." + folder, entry.getValue(), "text with one directory a line");
            }
            for (var line : lines.split("\\R")) {
                if (!line.isEmpty()) {
                    found.add(new Extra(folder, from.resolve(path(name + "." + folder, line)).normalize(), first));
                }
            }
        }
    }

    private Path path(String where, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw wrong(where, text, "a directory");
        }
    }

    /** With the home directory for {@code ~} at its begin, and variables of the environment; unknown ones stay as they are. */
    private static String expanded(String text) {
        var home = text.equals("~") || text.startsWith("~/") ? System.getProperty("user.home") + text.substring(1) : text;
        return VARIABLE.matcher(home).replaceAll(match -> Matcher.quoteReplacement(variable(match)));
    }

    private static String variable(MatchResult match) {
        var value = System.getenv(match.group(1) == null ? match.group(2) : match.group(1));
        return value == null ? match.group() : value;
    }

    private IllegalArgumentException wrong(String where, Object value, String expected) {
        return new IllegalArgumentException("in the extra model paths " + file + (where.isEmpty() ? " there" : " '" + where + "'") + " is '" + value + "', expected " + expected);
    }
}

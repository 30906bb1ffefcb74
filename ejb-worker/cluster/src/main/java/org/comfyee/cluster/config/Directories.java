package org.comfyee.cluster.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Predicate;
import org.comfyee.workflow.files.ExtraModelPaths;
import org.comfyee.workflow.files.Folders;

/** The directories that the settings ask for. */
public final class Directories {
    private Directories() {}

    /** Where models, custom nodes, input, output and user files lie. */
    public static Path base() {
        return Setting.BASE_DIRECTORY.path().orElseGet(Directories::working).toAbsolutePath().normalize();
    }

    private static Path working() {
        return Setting.CWD.path().orElse(Path.of(""));
    }

    /** Which jars and folders of {@code custom_nodes} are loaded, by their names. */
    public static Predicate<String> wantedCustomNodes() {
        var named = Set.copyOf(Setting.WHITELIST_CUSTOM_NODES.several());
        return name -> !Setting.DISABLE_ALL_CUSTOM_NODES.isOn() || named.contains(name);
    }

    /** @throws IllegalArgumentException that names the file of extra model paths that cannot be used */
    public static Folders configured() {
        var builder = new Folders.Builder(base());
        Setting.INPUT_DIRECTORY.path().ifPresent(builder::input);
        Setting.OUTPUT_DIRECTORY.path().ifPresent(builder::output);
        Setting.TEMP_DIRECTORY.path().ifPresent(builder::temp);
        Setting.USER_DIRECTORY.path().ifPresent(builder::user);
        var usual = working().resolve(ExtraModelPaths.USUAL_NAME);
        if (Files.exists(usual)) {
            builder.models(ExtraModelPaths.read(usual));
        }
        Setting.EXTRA_MODEL_PATHS_CONFIG.several().forEach(file -> builder.models(ExtraModelPaths.read(Path.of(file))));
        return builder.build();
    }
}

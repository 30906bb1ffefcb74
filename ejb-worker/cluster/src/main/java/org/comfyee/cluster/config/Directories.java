package org.comfyee.cluster.config;

import java.nio.file.Path;
import java.util.Optional;
import org.comfyee.workflow.files.Folders;

/** The directories that the settings ask for. */
public final class Directories {
    /** Names the directory of the models that come with ComfyEE. */
    private static final String BUNDLED_MODELS = "comfyee.bundled-models";

    private Directories() {}

    public static Folders configured() {
        var builder = new Folders.Builder(Setting.CWD.path().orElse(Path.of("")));
        Setting.INPUT_DIRECTORY.path().ifPresent(builder::input);
        Setting.OUTPUT_DIRECTORY.path().ifPresent(builder::output);
        Setting.TEMP_DIRECTORY.path().ifPresent(builder::temp);
        Setting.USER_DIRECTORY.path().ifPresent(builder::user);
        var folders = builder.build();
        Optional.ofNullable(System.getProperty(BUNDLED_MODELS))
                .ifPresent(models -> folders.addModelPath("checkpoints", Path.of(models, "checkpoints"), false));
        return folders;
    }
}

package org.comfyee.cluster.config;

import java.nio.file.Path;
import org.comfyee.workflow.files.Folders;

/** The directories that the settings ask for. */
public final class Directories {
    private Directories() {}

    public static Folders configured() {
        var builder = new Folders.Builder(Setting.CWD.path().orElse(Path.of("")));
        Setting.INPUT_DIRECTORY.path().ifPresent(builder::input);
        Setting.OUTPUT_DIRECTORY.path().ifPresent(builder::output);
        Setting.TEMP_DIRECTORY.path().ifPresent(builder::temp);
        Setting.USER_DIRECTORY.path().ifPresent(builder::user);
        return builder.build();
    }
}

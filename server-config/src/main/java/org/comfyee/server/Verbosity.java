package org.comfyee.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.LogManager;
import org.comfyee.cluster.config.Setting;

/** How much this process logs. */
final class Verbosity {
    private static final String CONFIGURATION = "java.util.logging.config.file";

    private Verbosity() {}

    /** Puts the setting into force, also for the application server, which reads the configuration once more. */
    static void apply() {
        if (!Setting.VERBOSE.isSet()) {
            return;
        }
        var level = switch (Setting.VERBOSE.value()) {
            case "DEBUG" -> "FINE";
            case "ERROR" -> "SEVERE";
            // Nothing that is logged here is more than an error.
            case "CRITICAL" -> "OFF";
            default -> Setting.VERBOSE.value();
        };
        try {
            var file = Files.createTempFile("comfyee", ".logging");
            file.toFile().deleteOnExit();
            // What comes last counts.
            Files.writeString(file, Files.readString(Path.of(System.getProperty(CONFIGURATION)))
                    + "\norg.comfyee.level=" + level + "\njava.util.logging.ConsoleHandler.level=" + level + "\n");
            System.setProperty(CONFIGURATION, file.toString());
            LogManager.getLogManager().readConfiguration();
        } catch (IOException e) {
            throw new UncheckedIOException("the logging cannot be configured: " + e.getMessage(), e);
        }
    }
}

package org.comfyee.cluster.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What operators prove themselves by. */
public final class AdminToken {
    private AdminToken() {}

    /** As the settings have it: of the file that they name, or else the token itself. */
    public static Optional<String> configured() {
        return of(Setting.ADMIN_TOKEN_FILE.path());
    }

    /**
     * The token of a file, or without one that of the settings; empty if it is blank or there is none.
     *
     * @throws IllegalArgumentException that names flag and file, if the file cannot be read
     */
    public static Optional<String> of(Optional<Path> file) {
        if (file.isEmpty()) {
            return Setting.ADMIN_TOKEN.given();
        }
        try {
            return Optional.of(Files.readString(file.get()).strip()).filter(token -> !token.isEmpty());
        } catch (IOException e) {
            throw new IllegalArgumentException("--" + Setting.ADMIN_TOKEN_FILE.flag() + " is '" + file.get() + "', which cannot be read: " + e, e);
        }
    }
}

package org.comfyee.web.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.comfyee.cluster.config.Setting;

/** What operators prove themselves by. */
final class AdminToken {
    private AdminToken() {}

    /** Of the file that is named, or else the setting; empty if there is neither. */
    static Optional<String> configured() {
        var file = Setting.ADMIN_TOKEN_FILE.path();
        if (file.isEmpty()) {
            return Setting.ADMIN_TOKEN.given();
        }
        try {
            return Optional.of(Files.readString(file.get()).strip()).filter(token -> !token.isEmpty());
        } catch (IOException e) {
            throw new IllegalArgumentException("--" + Setting.ADMIN_TOKEN_FILE.flag() + " is '" + file.get() + "', which cannot be read: " + e.getMessage(), e);
        }
    }
}

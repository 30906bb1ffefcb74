package org.comfyee.workflow.files;

import java.util.Locale;
import java.util.Optional;

/** The three places of pictures that clients may name. */
public enum Directory {
    INPUT,
    OUTPUT,
    TEMP;

    /** {@code input}, {@code output} or {@code temp}. */
    public String typeName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Directory> ofType(String typeName) {
        for (var directory : values()) {
            if (directory.typeName().equals(typeName)) {
                return Optional.of(directory);
            }
        }
        return Optional.empty();
    }
}

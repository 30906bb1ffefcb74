package org.comfyee.cluster.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Files of {@code name=value} lines, in UTF-8; those that begin with {@code #} are passed over. */
public final class NamedValues {
    private NamedValues() {}

    /** The values by name, as they stand there: passwords have backslashes, which in other properties would begin an escape. */
    public static Properties read(Path file) throws IOException {
        var values = new Properties();
        values.load(new StringReader(Files.readString(file).replace("\\", "\\\\")));
        return values;
    }
}

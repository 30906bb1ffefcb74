package org.comfyee.cluster.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedValuesTest {
    @TempDir
    private Path directory;

    @Test
    void backslashesStandForThemselves() throws IOException {
        var file = Files.writeString(directory.resolve("users"), """
                # who may send
                user = comfyee
                password=a\\b\\u0041\\\\=: #c\\
                other=ENC(1024:AB:CD)
                """);
        assertEquals(Map.of("user", "comfyee", "password", "a\\b\\u0041\\\\=: #c\\", "other", "ENC(1024:AB:CD)"), NamedValues.read(file));
    }
}

package org.comfyee.cluster.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTokenTest {
    @TempDir
    private Path directory;

    @AfterEach
    void forget() {
        System.clearProperty(Setting.ADMIN_TOKEN.key());
        System.clearProperty(Setting.ADMIN_TOKEN_FILE.key());
    }

    @Test
    void aFileGoesBeforeTheSetting() throws IOException {
        System.setProperty(Setting.ADMIN_TOKEN.key(), "set");
        assertEquals(Optional.of("set"), AdminToken.configured());
        var file = Files.writeString(directory.resolve("token"), "filed\n");
        assertEquals(Optional.of("filed"), AdminToken.of(Optional.of(file)));
        System.setProperty(Setting.ADMIN_TOKEN_FILE.key(), file.toString());
        assertEquals(Optional.of("filed"), AdminToken.configured());
        assertEquals(Optional.empty(), AdminToken.of(Optional.of(Files.writeString(directory.resolve("blank"), " \n"))));
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        var file = directory.resolve("none");
        var refusal = assertThrows(IllegalArgumentException.class, () -> AdminToken.of(Optional.of(file))).getMessage();
        assertTrue(refusal.startsWith("--admin-token-file is '" + file + "'"), refusal);
    }
}

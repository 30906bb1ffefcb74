package org.comfyee.web.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsersTest {
    @TempDir
    private Path directory;

    @Test
    void usersHaveSettingsOfTheirOwn() throws Exception {
        var users = new Users(directory, true);
        var ann = users.add("Ann Müller").orElseThrow();
        var bob = users.add("bob").orElseThrow();
        assertTrue(ann.matches("Ann-M-ller_[0-9a-f-]{36}"), ann);
        assertEquals(Map.of(ann, "Ann Müller", bob, "bob"), new Users(directory, true).all());
        users.change(ann, Map.of("Comfy.Color", "dark"));
        users.change(ann, Map.of("Comfy.X", 5L));
        assertEquals(Map.of("Comfy.Color", "dark", "Comfy.X", 5L), users.settings(ann));
        assertEquals(Map.of(), users.settings(bob));
    }

    @Test
    void aNameIsTakenOnce() throws Exception {
        var users = new Users(directory, true);
        users.add("ann");
        assertEquals(Optional.empty(), users.add("ann"));
        assertThrows(IllegalArgumentException.class, () -> users.add("  "));
        assertThrows(IllegalArgumentException.class, () -> users.add("__system"));
    }

    @Test
    void whoIsNotKnownHasNothing() throws Exception {
        var users = new Users(directory, true);
        assertThrows(UnknownUserException.class, () -> users.directory(null));
        assertThrows(UnknownUserException.class, () -> users.directory("../default"));
        assertThrows(UnknownUserException.class, () -> users.settings("x"));
    }

    @Test
    void aServerOfOneUserAsksForNoName() throws Exception {
        var users = new Users(directory, false);
        assertEquals(directory.resolve("default"), users.directory("anybody"));
        Files.createDirectories(directory.resolve("default"));
        Files.writeString(directory.resolve("default/comfy.settings.json"), "{broken");
        assertEquals(Map.of(), users.settings(null));
        users.change(null, Map.of("a", 1L));
        assertEquals("{\n    \"a\": 1\n}", Files.readString(directory.resolve("default/comfy.settings.json")));
    }
}

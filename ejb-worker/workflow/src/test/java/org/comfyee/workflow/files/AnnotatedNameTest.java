package org.comfyee.workflow.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnnotatedNameTest {

    private static Optional<AnnotatedName> named(String name, Directory directory) {
        return Optional.of(new AnnotatedName(name, directory));
    }

    @Test
    void tagsGoBeforeTypes() {
        assertEquals(named("a.png", Directory.TEMP), AnnotatedName.requested("a.png", "temp"));
        assertEquals(named("a.png", Directory.INPUT), AnnotatedName.requested("a.png [input]", "temp"));
        assertEquals(named("sub/a.png", Directory.OUTPUT), AnnotatedName.requested("sub/a.png [output]", "unknown"));
        assertEquals(named("a [b].png", Directory.INPUT), AnnotatedName.requested("a [b].png", "input"));
    }

    @ParameterizedTest
    @CsvSource({"a.png, unknown", "a.png, ''", "'', output", "' [temp]', output", "/etc/passwd, output", "../a.png, output", "../a.png [temp], output"})
    void namesWithoutAPlaceOrOutOfItAreNone(String name, String type) {
        assertEquals(Optional.empty(), AnnotatedName.requested(name, type));
    }
}

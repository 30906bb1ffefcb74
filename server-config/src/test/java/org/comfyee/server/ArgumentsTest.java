package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void valuesAreAttachedOrFollow() throws UsageException {
        var words = new Arguments(List.of("--uri=amqp://host?a=b", "--number", "-1", "--switch", "word", "--files", "a=1", "b", "--last=", "rest"));
        assertEquals("--uri", words.next());
        assertEquals("amqp://host?a=b", words.neededValue());
        assertEquals("--number", words.next());
        assertEquals("-1", words.neededValue());
        assertEquals("--switch", words.next());
        assertEquals(Optional.empty(), words.attached());
        assertEquals("word", words.next());
        assertEquals("--files", words.next());
        assertEquals(List.of("a=1", "b"), words.values("file"));
        assertEquals("--last", words.next());
        assertEquals(List.of(""), words.values("file"));
        assertEquals("rest", words.next());
        assertFalse(words.hasNext());
    }

    @Test
    void aFlagIsNoValue() {
        var words = new Arguments(List.of("--server", "--json"));
        words.next();
        assertEquals("--server needs a value", assertThrows(UsageException.class, words::neededValue).getMessage());
        assertEquals("--json", words.next());
        assertEquals("--json needs at least one file", assertThrows(UsageException.class, () -> words.values("file")).getMessage());
    }
}

package org.comfyee.web.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptWishTest {

    @ParameterizedTest
    @CsvSource({
        ", JSON", "'', JSON", "*/*, JSON", "application/json, JSON", "application/json; charset=utf-8, JSON", "image/png, PNG", "image/*, PNG",
        "'text/html, application/json;q=0.5, image/png;q=0.9', PNG", "'image/png;q=0, */*', JSON", "text/html, ", "application/xml;q=1, ",
        "application/json+respond-async, JSON", "image/png+respond-async, PNG"})
    void theBestOfWhatIsAcceptedIsSent(String accept, PromptWish.Form form) {
        assertEquals(Optional.ofNullable(form), PromptWish.of(accept).form());
    }

    @Test
    void whoeverSaysSoAnywhereDoesNotWait() {
        assertTrue(PromptWish.of("application/json+respond-async").asynchronous());
        assertTrue(PromptWish.of(null, "respond-async, wait=10", null).asynchronous());
        assertTrue(PromptWish.of("*/*", null, "respond-async").asynchronous());
        assertEquals(false, PromptWish.of("*/*", null, "return=minimal", "application/json").asynchronous());
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "' 7 ', 7", "-3, -3", "+2, 2", "99999999999999999999, 2147483647", "-99999999999999999999, -2147483647"})
    void wholeNumbersAreReadAndCut(String text, int expected) {
        assertEquals(Optional.of(expected), Query.whole("n", text));
    }

    @ParameterizedTest
    @CsvSource({"abc", "1.5", "''", "1e3", "0x10"})
    void otherNumbersAreRefusedByName(String text) {
        assertEquals("n is '" + text + "', expected a whole number", assertThrows(BadValueException.class, () -> Query.whole("n", text)).getMessage());
    }

    @Test
    void namesOfFilesAreReadAsUtf8() {
        assertEquals("ü.png", Parts.utf8("Ã¼.png"));
        assertEquals("ü.png", Parts.utf8("ü.png"));
        assertEquals("写.png", Parts.utf8("写.png"));
    }
}

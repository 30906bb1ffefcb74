package org.comfyee.workflow.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonNumberTest {
    @ParameterizedTest
    @CsvSource({"5, 5", "' -1_0\t', -10", "+007, 7"})
    void textThatReadsAsAWholeNumberIsOne(String text, long number) {
        assertEquals(number, PythonNumber.whole(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "_1", "1_", "1__0", "1.0", "0x1", "1e3", "five"})
    void textThatDoesNotIsRefusedInPythonsWords(String text) {
        var refusal = assertThrows(NumberFormatException.class, () -> PythonNumber.whole(text));
        assertEquals("invalid literal for int() with base 10: '" + text + "'", refusal.getMessage());
    }

    @Test
    void othersAreCutOrRefused() {
        assertEquals(-2L, PythonNumber.whole(-2.9));
        assertEquals(1L, PythonNumber.whole(true));
        assertEquals(BigInteger.TEN.pow(30), PythonNumber.whole("1" + "0".repeat(30)));
        assertEquals("int() argument must be a string, a bytes-like object or a real number, not 'NoneType'",
                assertThrows(NumberFormatException.class, () -> PythonNumber.whole(null)).getMessage());
        assertEquals("cannot convert float infinity to integer",
                assertThrows(NumberFormatException.class, () -> PythonNumber.whole(Double.NEGATIVE_INFINITY)).getMessage());
        var digits = "9".repeat(1_000_000);
        assertEquals("Exceeds the limit (4300 digits) for integer string conversion: value has 1000000 digits;"
                + " use sys.set_int_max_str_digits() to increase the limit",
                assertThrows(NumberFormatException.class, () -> PythonNumber.whole("-" + digits)).getMessage());
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "' 1_0.5_0\n', 10.5", "-.5, -0.5", "5., 5", "1e3, 1000", "1E-1, 0.1", "1e999, Infinity", "+Infinity, Infinity", "-inf, -Infinity", "nan, NaN"})
    void textThatReadsAsARealNumberIsOne(String text, double number) {
        assertEquals(number, PythonNumber.real(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "1f", "0x1p3", "1_.5", "1._5", "1e", "e5", "abc", "--1", "infinit"})
    void textThatReadsAsNoneIsRefusedInPythonsWords(String text) {
        var refusal = assertThrows(NumberFormatException.class, () -> PythonNumber.real(text));
        assertEquals("could not convert string to float: '" + text + "'", refusal.getMessage());
    }

    @Test
    void valuesOfOtherTypesAreNoRealNumbers() {
        assertEquals(1, PythonNumber.real(true));
        for (var other : List.of(Map.entry("list", List.of()), Map.entry("dict", Map.of()))) {
            var refusal = assertThrows(NumberFormatException.class, () -> PythonNumber.real(other.getValue()));
            assertEquals("float() argument must be a string or a real number, not '" + other.getKey() + "'", refusal.getMessage());
        }
        assertEquals("int too large to convert to float",
                assertThrows(NumberFormatException.class, () -> PythonNumber.real(BigInteger.TEN.pow(400))).getMessage());
    }

    /** Else one request would keep a processor busy. */
    @Test
    void longTextThatIsNoNumberIsToldAtOnce() {
        for (var text : List.of("1".repeat(1_000_000) + "x", "1_".repeat(500_000))) {
            assertThrows(NumberFormatException.class, () -> PythonNumber.real(text));
            assertThrows(NumberFormatException.class, () -> PythonNumber.whole(text));
        }
    }
}

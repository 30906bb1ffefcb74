package org.comfyee.workflow.graph;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.PythonText;

/** Turns a constant of a prompt into the type of its input, by Python's rules. */
final class Conversion {
    private Conversion() {}

    /** @throws ValidationFailure if the value has no such form */
    static Object to(String type, Object value) {
        return switch (type) {
            case "INT" -> toInteger(value);
            case "FLOAT" -> toDouble(value);
            case "STRING" -> PythonText.str(value);
            case "BOOLEAN" -> Json.isTrue(value);
            default -> value;
        };
    }

    private static Object toInteger(Object value) {
        return switch (value) {
            case Boolean flag -> flag ? 1L : 0L;
            case Double number when number.isNaN() -> throw new ValidationFailure("ValueError", "cannot convert float NaN to integer");
            case Double number when number.isInfinite() ->
                    throw new ValidationFailure("OverflowError", "cannot convert float infinity to integer");
            case Double number -> narrow(new BigDecimal(number).toBigInteger());
            case Number number -> number;
            case String text -> parseInteger(text);
            case null, default -> throw new ValidationFailure("TypeError",
                    "int() argument must be a string, a bytes-like object or a real number, not '" + PythonText.typeName(value) + "'");
        };
    }

    private static Object parseInteger(String text) {
        try {
            return narrow(new BigInteger(text.strip().replace("_", "")));
        } catch (NumberFormatException e) {
            throw new ValidationFailure("ValueError", "invalid literal for int() with base 10: " + PythonText.repr(text));
        }
    }

    private static Number narrow(BigInteger number) {
        return number.bitLength() < Long.SIZE ? (Number) number.longValue() : number;
    }

    private static Object toDouble(Object value) {
        return switch (value) {
            case Boolean flag -> flag ? 1.0 : 0.0;
            case Number number -> number.doubleValue();
            case String text -> parseDouble(text);
            case null, default -> throw new ValidationFailure("TypeError",
                    "float() argument must be a string or a real number, not '" + PythonText.typeName(value) + "'");
        };
    }

    private static Object parseDouble(String text) {
        var number = text.strip();
        // Java's trailing type letters and hexadecimal floats are not numbers to Python.
        if (number.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
            return Double.parseDouble(number);
        }
        return switch (number.toLowerCase(java.util.Locale.ROOT)) {
            case "inf", "+inf", "infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            case "nan" -> Double.NaN;
            default -> throw new ValidationFailure("ValueError", "could not convert string to float: " + PythonText.repr(text));
        };
    }
}

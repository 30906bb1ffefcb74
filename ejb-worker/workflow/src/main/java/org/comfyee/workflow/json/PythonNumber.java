package org.comfyee.workflow.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers as Python makes them of JSON values; what it cannot take is refused in its words, which clients of ComfyUI read. */
public final class PythonNumber {
    /** Possessive throughout: a long text that is no number is told in one pass. */
    private static final String DIGITS = "\\d++(?:_\\d++)*+";
    private static final Pattern WHOLE = Pattern.compile("[+-]?" + DIGITS);
    /** Java's trailing type letters and hexadecimal floats are not numbers to Python. */
    private static final Pattern REAL = Pattern.compile("[+-]?(?:%1$s(?:\\.(?:%1$s)?)?|\\.%1$s)(?:[eE][+-]?%1$s)?".formatted(DIGITS));
    /** Python takes no more, since reading them costs more and more. */
    private static final int MOST_DIGITS = 4300;

    private PythonNumber() {}

    /**
     * As Python's {@code int}.
     *
     * @return a {@code Long}, or a {@code BigInteger} if it is too large for one
     * @throws NumberFormatException in Python's words
     */
    public static Number whole(Object value) {
        return switch (value) {
            case Boolean flag -> flag ? 1L : 0L;
            case Double number when number.isNaN() -> throw new NumberFormatException("cannot convert float NaN to integer");
            case Double number when number.isInfinite() -> throw new NumberFormatException("cannot convert float infinity to integer");
            case Double number -> narrow(new BigDecimal(number).toBigInteger());
            case Number number -> number;
            case String text -> parseWhole(text);
            case null, default -> throw new NumberFormatException(
                    "int() argument must be a string, a bytes-like object or a real number, not '" + PythonText.typeName(value) + "'");
        };
    }

    private static Number parseWhole(String text) {
        var stripped = text.strip();
        if (!WHOLE.matcher(stripped).matches()) {
            throw new NumberFormatException("invalid literal for int() with base 10: " + PythonText.repr(text));
        }
        var number = stripped.replace("_", "");
        int digits = number.length() - (Character.isDigit(number.charAt(0)) ? 0 : 1);
        if (digits > MOST_DIGITS) {
            throw new NumberFormatException("Exceeds the limit (" + MOST_DIGITS + " digits) for integer string conversion: value has " + digits
                    + " digits; use sys.set_int_max_str_digits() to increase the limit");
        }
        return narrow(new BigInteger(number));
    }

    private static Number narrow(BigInteger number) {
        return number.bitLength() < Long.SIZE ? (Number) number.longValue() : number;
    }

    /**
     * As Python's {@code float}.
     *
     * @throws NumberFormatException in Python's words
     */
    public static double real(Object value) {
        return switch (value) {
            case Boolean flag -> flag ? 1.0 : 0.0;
            case BigInteger number when Double.isInfinite(number.doubleValue()) -> throw new NumberFormatException("int too large to convert to float");
            case Number number -> number.doubleValue();
            case String text -> parseReal(text);
            case null, default -> throw new NumberFormatException(
                    "float() argument must be a string or a real number, not '" + PythonText.typeName(value) + "'");
        };
    }

    private static double parseReal(String text) {
        var number = text.strip();
        if (REAL.matcher(number).matches()) {
            return Double.parseDouble(number.replace("_", ""));
        }
        return switch (number.toLowerCase(Locale.ROOT)) {
            case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            case "nan", "+nan", "-nan" -> Double.NaN;
            default -> throw new NumberFormatException("could not convert string to float: " + PythonText.repr(text));
        };
    }
}

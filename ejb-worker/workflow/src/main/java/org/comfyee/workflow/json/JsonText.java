package org.comfyee.workflow.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Map;

/** The text form of JSON values in Python's dress: ", " and ": " between, ASCII only, shortest floats with Python's exponents. */
public final class JsonText {

    private JsonText() {}

    /** What stands between the parts of a list or object; each part stands on a line of its own if the indent is above 0. */
    enum Layout {
        SPACED(", ", ": ", 0),
        COMPACT(",", ":", 0),
        INDENTED(",", ": ", 4);

        private final String comma;
        private final String colon;
        private final int indent;

        Layout(String comma, String colon, int indent) {
            this.comma = comma;
            this.colon = colon;
            this.indent = indent;
        }

        private String line(int depth) {
            return indent == 0 ? "" : "\n" + " ".repeat(indent * depth);
        }
    }

    static void append(StringBuilder out, Object value, Layout layout) {
        append(out, value, layout, 0);
    }

    private static void append(StringBuilder out, Object value, Layout layout, int depth) {
        switch (value) {
            case null -> out.append("null");
            case String text -> appendString(out, text);
            case Boolean flag -> out.append(flag.booleanValue());
            case Double number -> out.append(ofDouble(number));
            case Float number -> out.append(ofDouble(Double.parseDouble(number.toString())));
            case Integer _, Long _, Short _, Byte _, BigInteger _ -> out.append(value);
            case Map<?, ?> map -> {
                var separator = "{";
                for (var entry : map.entrySet()) {
                    out.append(separator).append(layout.line(depth + 1));
                    appendString(out, String.valueOf(entry.getKey()));
                    out.append(layout.colon);
                    append(out, entry.getValue(), layout, depth + 1);
                    separator = layout.comma;
                }
                out.append(map.isEmpty() ? "{}" : layout.line(depth) + "}");
            }
            case Iterable<?> list -> {
                var separator = "[";
                for (var element : list) {
                    out.append(separator).append(layout.line(depth + 1));
                    append(out, element, layout, depth + 1);
                    separator = layout.comma;
                }
                out.append(separator.equals("[") ? "[]" : layout.line(depth) + "]");
            }
            default -> throw new IllegalArgumentException("a " + value.getClass().getName() + " has no JSON form");
        }
    }

    private static void appendString(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || c > '~') {
                        out.append("\\u").append(HexFormat.of().toHexDigits(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** A float as Python prints it: 1.0, 0.0001, 1e-05, 1e+16. */
    public static String ofDouble(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        var decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            var plain = decimal.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        var digits = decimal.unscaledValue().abs().toString();
        var mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return (value < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}

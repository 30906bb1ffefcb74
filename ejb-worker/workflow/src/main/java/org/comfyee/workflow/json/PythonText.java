package org.comfyee.workflow.json;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** JSON values as Python shows them, since clients of ComfyUI read such text in its error messages. */
public final class PythonText {
    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f-\\xa0\\xad]");

    private PythonText() {}

    /** As Python's {@code str}: text stands as it is. */
    public static String str(Object value) {
        return value instanceof String text ? text : repr(value);
    }

    /** As Python's {@code repr}: text stands in quotes. */
    public static String repr(Object value) {
        return switch (value) {
            case null -> "None";
            case Boolean flag -> flag ? "True" : "False";
            case Double number when number.isNaN() -> "nan";
            case Double number when number.isInfinite() -> number > 0 ? "inf" : "-inf";
            case Double number -> JsonText.ofDouble(number);
            case String text -> quoted(text);
            case List<?> list -> list.stream().map(PythonText::repr).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map -> map.entrySet().stream()
                    .map(entry -> repr(entry.getKey()) + ": " + repr(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
            default -> value.toString();
        };
    }

    private static String quoted(String text) {
        var escaped = CONTROL.matcher(text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t"))
                .replaceAll(control -> "\\\\x%02x".formatted((int) control.group().charAt(0)));
        if (text.contains("'") && !text.contains("\"")) {
            return '"' + escaped + '"';
        }
        return "'" + escaped.replace("'", "\\'") + "'";
    }

    /** The name of the Python type that holds such a value. */
    public static String typeName(Object value) {
        return switch (value) {
            case null -> "NoneType";
            case Boolean _ -> "bool";
            case Double _, Float _ -> "float";
            case Number _ -> "int";
            case String _ -> "str";
            case List<?> _ -> "list";
            case Map<?, ?> _ -> "dict";
            default -> value.getClass().getSimpleName();
        };
    }
}

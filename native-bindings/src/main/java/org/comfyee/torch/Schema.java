package org.comfyee.torch;

import java.util.ArrayList;
import java.util.List;

/**
 * The signature of an operator as libtorch declares it, for example
 * {@code silu(Tensor self) -> Tensor} (the grammar of ATen's {@code native_functions.yaml}).
 */
record Schema(String name, String overload, List<Argument> arguments, List<Kind> results) {

    /** How a value travels in the 64-bit slot of a dispatcher call. */
    enum Kind {
        TENSOR, TENSOR_LIST, INT, INT_LIST, FLOAT, BOOL, STRING, SCALAR_TYPE, LAYOUT, DEVICE, MEMORY_FORMAT, GENERATOR
    }

    record Argument(Kind kind, boolean optional) {}

    static Schema parse(String text) {
        int open = text.indexOf('(');
        int arrow = text.lastIndexOf(") -> ");
        if (open < 0 || arrow < 0) {
            throw new IllegalArgumentException("operator schema '" + text + "': expected name(arguments) -> results");
        }
        var fullName = text.substring(0, open).strip();
        int dot = fullName.indexOf('.');
        var arguments = split(text.substring(open + 1, arrow)).stream()
                .filter(part -> !part.equals("*"))
                .map(Schema::argument)
                .toList();
        var results = text.substring(arrow + 5);
        var kinds = results.startsWith("(")
                ? split(results.substring(1, results.length() - 1)).stream().map(part -> argument(part).kind()).toList()
                : List.of(argument(results).kind());
        return new Schema(dot < 0 ? fullName : fullName.substring(0, dot), dot < 0 ? "" : fullName.substring(dot + 1), arguments, kinds);
    }

    /** Splits at the commas that stand outside of brackets. */
    private static List<String> split(String list) {
        var parts = new ArrayList<String>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= list.length(); i++) {
            char c = i < list.length() ? list.charAt(i) : ',';
            if (c == '(' || c == '[') {
                depth++;
            } else if (c == ')' || c == ']') {
                depth--;
            } else if (c == ',' && (depth == 0 || i == list.length())) {
                var part = list.substring(start, i).strip();
                if (!part.isEmpty()) {
                    parts.add(part);
                }
                start = i + 1;
            }
        }
        return parts;
    }

    private static Argument argument(String declaration) {
        // Alias marks such as (a!) or (a -> *) say nothing about how the value travels.
        var plain = declaration.replaceAll("\\([a-z!>* -]*\\)", "");
        int space = plain.indexOf(' ');
        var type = space < 0 ? plain : plain.substring(0, space);
        boolean optional = type.endsWith("?");
        var base = (optional ? type.substring(0, type.length() - 1) : type).replaceAll("\\[\\d+]", "[]");
        return new Argument(switch (base) {
            case "Tensor" -> Kind.TENSOR;
            case "Tensor[]" -> Kind.TENSOR_LIST;
            case "int", "SymInt" -> Kind.INT;
            case "int[]", "SymInt[]" -> Kind.INT_LIST;
            case "float" -> Kind.FLOAT;
            case "bool" -> Kind.BOOL;
            case "str" -> Kind.STRING;
            case "ScalarType" -> Kind.SCALAR_TYPE;
            case "Layout" -> Kind.LAYOUT;
            case "Device" -> Kind.DEVICE;
            case "MemoryFormat" -> Kind.MEMORY_FORMAT;
            case "Generator" -> Kind.GENERATOR;
            default -> throw new IllegalArgumentException("operator schema: type '" + type + "' cannot pass the C interface");
        }, optional);
    }
}

package org.comfyee.diffusion.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A part of a prompt and how much it counts.
 *
 * <p>{@code (text)} counts 1.1 times as much, {@code (text:1.3)} counts 1.3; parentheses nest, and {@code \(} is a plain
 * parenthesis.
 */
public record WeightedText(String text, double weight) {
    private static final double EMPHASIS = 1.1;
    /** As Python reads numbers; Java takes {@code 3d} for one too, and {@code (render:3d)} is no weight. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+(_\\d+)*(\\.(\\d+(_\\d+)*)?)?|\\.\\d+(_\\d+)*)([eE][+-]?\\d+(_\\d+)*)?");
    /** Stand for escaped parentheses while the others are read. */
    private static final char OPEN = '\uE000';
    private static final char CLOSE = '\uE001';

    /** The parts in their order; nested groups are parts of their own, and an empty prompt has none. */
    public static List<WeightedText> parse(String prompt) {
        var parts = new ArrayList<WeightedText>();
        collect(prompt.replace("\\)", "" + CLOSE).replace("\\(", "" + OPEN), 1.0, parts);
        return parts.stream().map(part -> new WeightedText(part.text().replace(CLOSE, ')').replace(OPEN, '('), part.weight())).toList();
    }

    private static void collect(String text, double weight, List<WeightedText> parts) {
        for (var piece : topLevel(text)) {
            if (piece.length() >= 2 && piece.charAt(0) == '(' && piece.charAt(piece.length() - 1) == ')') {
                collectGroup(piece.substring(1, piece.length() - 1), weight, parts);
            } else {
                parts.add(new WeightedText(piece, weight));
            }
        }
    }

    private static void collectGroup(String inner, double weight, List<WeightedText> parts) {
        int colon = inner.lastIndexOf(':');
        var number = inner.substring(colon + 1).strip();
        // Otherwise it is a colon of the text itself.
        if (colon > 0 && NUMBER.matcher(number).matches()) {
            collect(inner.substring(0, colon), Double.parseDouble(number.replace("_", "")), parts);
        } else {
            collect(inner, weight * EMPHASIS, parts);
        }
    }

    /** Plain stretches and whole groups in parentheses; a group that is never closed runs to the end. */
    private static List<String> topLevel(String text) {
        var pieces = new ArrayList<String>();
        var current = new StringBuilder();
        int depth = 0;
        for (char c : text.toCharArray()) {
            if (c == '(') {
                if (depth == 0 && !current.isEmpty()) {
                    pieces.add(current.toString());
                    current.setLength(0);
                }
                current.append(c);
                depth++;
            } else if (c == ')') {
                current.append(c);
                depth--;
                if (depth == 0) {
                    pieces.add(current.toString());
                    current.setLength(0);
                }
            } else {
                current.append(c);
            }
        }
        if (!current.isEmpty()) {
            pieces.add(current.toString());
        }
        return pieces;
    }
}

package org.comfyee.nodes.utils.string;

import java.util.Locale;
import java.util.stream.Collectors;

/** Texts as Python treats them: counted in code points, with Unicode's idea of space and case. */
final class PythonStrings {
    private PythonStrings() {}

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** {@code text[start:end]}: negative positions count from the end, those beyond it stand for it. */
    static String slice(String text, long start, long end) {
        int length = length(text);
        int from = position(start, length);
        int to = Math.max(from, position(end, length));
        return text.substring(text.offsetByCodePoints(0, from), text.offsetByCodePoints(0, to));
    }

    private static int position(long index, int length) {
        return Math.clamp(index < 0 ? index + length : index, 0, length);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    /** The first letter large, all others small. */
    static String capitalized(String text) {
        if (text.isEmpty()) {
            return text;
        }
        var first = text.substring(0, text.offsetByCodePoints(0, 1));
        return titleCase(first.codePointAt(0)) + lower(text).substring(lower(first).length());
    }

    /** Each run of letters capitalized. */
    static String titled(String text) {
        var result = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && isCased(text.codePointAt(end))) {
                end = text.offsetByCodePoints(end, 1);
            }
            if (end > at) {
                result.append(capitalized(text.substring(at, end)));
                at = end;
            } else {
                result.appendCodePoint(text.codePointAt(at));
                at = text.offsetByCodePoints(at, 1);
            }
        }
        return result.toString();
    }

    private static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    private static String titleCase(int c) {
        var large = upper(Character.toString(c));
        // A letter such as German's sharp s becomes two of which only the first is large.
        return length(large) > 1 && Character.toTitleCase(c) == c
                ? large.substring(0, 1) + lower(large.substring(1))
                : Character.toString(Character.toTitleCase(c));
    }

    static String strippedLeft(String text) {
        int at = 0;
        while (at < text.length() && isSpace(text.codePointAt(at))) {
            at = text.offsetByCodePoints(at, 1);
        }
        return text.substring(at);
    }

    static String strippedRight(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.codePointBefore(end))) {
            end = text.offsetByCodePoints(end, -1);
        }
        return text.substring(0, end);
    }

    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == NEXT_LINE;
    }

    private static final int NEXT_LINE = 0x85;

    /** Nothing is found before each character and at the end. */
    static String replaced(String text, String find, String replacement) {
        if (!find.isEmpty()) {
            return text.replace(find, replacement);
        }
        return text.codePoints().mapToObj(c -> replacement + Character.toString(c)).collect(Collectors.joining()) + replacement;
    }
}

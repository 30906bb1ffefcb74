package org.comfyee.nodes.utils.string;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.comfyee.workflow.node.NodeContext;

/**
 * Regular expressions in Python's dialect, turned into Java's: what is written differently is rewritten, what only Java knows
 * is refused.
 */
final class PythonPattern {
    private static final String CLASSES = "dDsSwWbBA";
    private static final String CONTROLS = "tnrfa";
    private static final Pattern REPEAT = Pattern.compile("\\{(\\d*)(,?)(\\d*)}");

    private final String source;
    private final boolean multiline;
    private final StringBuilder out = new StringBuilder();
    /** Java's names of groups may not hold all that Python's may. */
    private final Map<String, String> names = new LinkedHashMap<>();
    private int at;

    private PythonPattern(String source, boolean multiline) {
        this.source = source;
        this.multiline = multiline;
    }

    /**
     * A pattern and the names of its groups.
     *
     * @param names Java's name of each of Python's
     */
    record Compiled(Pattern pattern, Map<String, String> names) {
        /** For a text, until the prompt is interrupted. */
        Matcher matcher(String text, NodeContext context) {
            return pattern.matcher(new WatchedText(text, context));
        }
    }

    /** @throws PatternSyntaxException if the expression is none */
    static Compiled compile(String source, boolean ignoreCase, boolean multiline, boolean dotAll) {
        int flags = Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNIX_LINES;
        flags |= ignoreCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
        flags |= multiline ? Pattern.MULTILINE : 0;
        flags |= dotAll ? Pattern.DOTALL : 0;
        var translation = new PythonPattern(source, multiline);
        translation.translate();
        return new Compiled(Pattern.compile(translation.out.toString(), flags), translation.names);
    }

    private PatternSyntaxException refused(String reason) {
        return new PatternSyntaxException(reason, source, at);
    }

    private void translate() {
        while (at < source.length()) {
            char c = source.charAt(at);
            switch (c) {
                case '\\' -> escape(false);
                case '[' -> characterClass();
                case '(' -> group();
                case '{' -> repeat();
                case '^' -> {
                    // Python also finds a line's start behind the last line break.
                    out.append(multiline ? "(?:^|(?<=\n))" : "^");
                    at++;
                }
                default -> {
                    out.append(c);
                    at++;
                }
            }
        }
    }

    private void escape(boolean inClass) {
        if (at + 1 == source.length()) {
            throw refused("bad escape (end of pattern)");
        }
        char c = source.charAt(at + 1);
        if (c >= '0' && c <= '9') {
            number(inClass);
        } else if (c == 'U') {
            hexadecimal(8);
        } else if (c == 'u') {
            hexadecimal(4);
        } else if (c == 'x') {
            hexadecimal(2);
        } else if (c == 'Z' && !inClass) {
            append("\\z", 2);
        } else if (c == 'b' && inClass) {
            append("\\x08", 2);
        } else if (c == 'v') {
            append("\\x0B", 2);
        } else if (CLASSES.indexOf(c) >= 0 && !(inClass && "BA".indexOf(c) >= 0) || CONTROLS.indexOf(c) >= 0) {
            append("\\" + c, 2);
        } else if (c < 0x80 && Character.isLetter(c)) {
            throw refused("bad escape \\" + c);
        } else {
            int literal = source.codePointAt(at + 1);
            append((Character.isLetterOrDigit(literal) ? "" : "\\") + Character.toString(literal), 1 + Character.charCount(literal));
        }
    }

    private void append(String translated, int read) {
        out.append(translated);
        at += read;
    }

    private void hexadecimal(int digits) {
        int from = at + 2;
        if (from + digits > source.length()) {
            throw refused("incomplete escape");
        }
        var number = source.substring(from, from + digits);
        if (!number.matches("\\p{XDigit}+")) {
            throw refused("incomplete escape");
        }
        append("\\x{" + number + "}", 2 + digits);
    }

    /** A group's number, or a character's in octal digits. */
    private void number(boolean inClass) {
        int end = at + 1;
        while (end < source.length() && end < at + 4 && source.charAt(end) >= '0' && source.charAt(end) <= '7') {
            end++;
        }
        boolean octal = inClass || source.charAt(at + 1) == '0' || end == at + 4;
        if (octal) {
            append("\\x{" + Integer.toHexString(Integer.parseInt("0" + source.substring(at + 1, end), 8)) + "}", end - at);
            return;
        }
        end = at + 2;
        if (end < source.length() && Character.isDigit(source.charAt(end))) {
            end++;
        }
        // Digits that follow are text.
        append("(?:\\" + source.substring(at + 1, end) + ")", end - at);
    }

    private void characterClass() {
        append("[", 1);
        if (peek("^")) {
            append("^", 1);
        }
        if (peek("]")) {
            append("\\]", 1);
        }
        while (!peek("]")) {
            if (at == source.length()) {
                throw refused("unterminated character set");
            }
            char c = source.charAt(at);
            if (c == '\\') {
                escape(true);
            } else {
                append((c == '[' || c == '&' || c == '^' ? "\\" : "") + c, 1);
            }
        }
        append("]", 1);
    }

    private boolean peek(String text) {
        return source.startsWith(text, at);
    }

    private void group() {
        if (peek("(?P<")) {
            int end = nameEnd(at + 4, '>');
            var javaName = "g" + names.size();
            if (names.putIfAbsent(source.substring(at + 4, end), javaName) != null) {
                throw refused("redefinition of group name");
            }
            append("(?<" + javaName + ">", end + 1 - at);
        } else if (peek("(?P=")) {
            int end = nameEnd(at + 4, ')');
            var javaName = names.get(source.substring(at + 4, end));
            if (javaName == null) {
                throw refused("unknown group name");
            }
            append("\\k<" + javaName + ">", end + 1 - at);
        } else if (peek("(?#")) {
            int end = source.indexOf(')', at);
            if (end < 0) {
                throw refused("missing ), unterminated comment");
            }
            at = end + 1;
        } else if (peek("(?<") && !peek("(?<=") && !peek("(?<!") || peek("(?(") || peek("(?P")) {
            throw refused("unknown extension");
        } else {
            append("(", 1);
            if (peek("?")) {
                append("?", 1);
            }
        }
    }

    private int nameEnd(int from, char mark) {
        int end = source.indexOf(mark, from);
        if (end <= from || !source.substring(from, end).matches("[\\p{L}_][\\p{L}\\p{N}_]*")) {
            throw refused("bad character in group name");
        }
        return end;
    }

    /** Braces that hold no numbers are text to Python. */
    private void repeat() {
        var matcher = REPEAT.matcher(source).region(at, source.length());
        if (!matcher.lookingAt() || matcher.group().equals("{}")) {
            append("\\{", 1);
        } else {
            var least = matcher.group(1).isEmpty() ? "0" : matcher.group(1);
            append("{" + least + matcher.group(2) + matcher.group(3) + "}", matcher.group().length());
        }
    }
}

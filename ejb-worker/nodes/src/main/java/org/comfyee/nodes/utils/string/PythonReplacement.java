package org.comfyee.nodes.utils.string;

import java.util.Objects;
import java.util.regex.Matcher;
import org.comfyee.workflow.node.NodeContext;

/** What takes the place of matches, in the form of Python's {@code re.sub}. */
final class PythonReplacement {
    private static final String CONTROLS = "abfnrtv\\";
    private static final String CONTROL_VALUES = "\u0007\b\f\n\r\t\u000b\\";

    private final String template;
    private final PythonPattern.Compiled pattern;

    /** @param template text in which {@code \\1}, {@code \\g<1>} and {@code \\g<name>} stand for what groups matched */
    PythonReplacement(String template, PythonPattern.Compiled pattern) {
        this.template = template;
        this.pattern = pattern;
    }

    /**
     * @param count how many matches are replaced at most; 0 for all
     * @throws IllegalArgumentException if the template is wrong
     */
    String applyTo(String text, int count, NodeContext context) {
        var matcher = pattern.matcher(text, context);
        var result = new StringBuilder();
        int end = 0;
        for (int i = 0; (count == 0 || i < count) && matcher.find(); i++) {
            result.append(text, end, matcher.start());
            expand(matcher, result);
            end = matcher.end();
        }
        return result.append(text, end, text.length()).toString();
    }

    private void expand(Matcher matcher, StringBuilder result) {
        int at = 0;
        while (at < template.length()) {
            char c = template.charAt(at);
            if (c != '\\') {
                result.append(c);
                at++;
            } else {
                at = expandEscape(matcher, result, at + 1);
            }
        }
    }

    /** @return where the template goes on */
    private int expandEscape(Matcher matcher, StringBuilder result, int at) {
        if (at == template.length()) {
            throw wrong("bad escape (end of pattern)");
        }
        char c = template.charAt(at);
        int control = CONTROLS.indexOf(c);
        if (control >= 0) {
            result.append(CONTROL_VALUES.charAt(control));
            return at + 1;
        }
        if (c == 'g') {
            int end = template.indexOf('>', at);
            if (!template.startsWith("<", at + 1) || end < 0) {
                throw wrong("missing group name");
            }
            result.append(group(matcher, template.substring(at + 2, end)));
            return end + 1;
        }
        if (Character.isDigit(c)) {
            return expandNumber(matcher, result, at);
        }
        if (c < 0x80 && Character.isLetter(c)) {
            throw wrong("bad escape \\" + c);
        }
        result.append('\\').append(c);
        return at + 1;
    }

    /** A group of one or two digits; three octal digits, or a zero first, stand for a character. */
    private int expandNumber(Matcher matcher, StringBuilder result, int at) {
        int end = at;
        while (end < template.length() && end < at + 3 && template.charAt(end) >= '0' && template.charAt(end) <= '7') {
            end++;
        }
        if (template.charAt(at) == '0' || end == at + 3) {
            result.append((char) (Integer.parseInt(template.substring(at, end), 8) & 0xff));
            return end;
        }
        end = at + 1;
        if (end < template.length() && Character.isDigit(template.charAt(end))) {
            end++;
        }
        result.append(group(matcher, template.substring(at, end)));
        return end;
    }

    private String group(Matcher matcher, String name) {
        var javaName = pattern.names().get(name);
        if (javaName != null) {
            return Objects.requireNonNullElse(matcher.group(javaName), "");
        }
        if (!name.matches("\\d{1,5}") || Integer.parseInt(name) > matcher.groupCount()) {
            throw wrong("invalid group reference " + name);
        }
        return Objects.requireNonNullElse(matcher.group(Integer.parseInt(name)), "");
    }

    private IllegalArgumentException wrong(String reason) {
        return new IllegalArgumentException("the replacement '" + template + "' is wrong: " + reason);
    }
}

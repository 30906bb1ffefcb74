package org.comfyee.web.rest;

import java.math.BigInteger;
import java.util.Collection;
import java.util.Optional;

/** Values of query parameters. */
final class Query {
    private static final BigInteger MOST = BigInteger.valueOf(Integer.MAX_VALUE);

    private Query() {}

    /**
     * A whole number as Python reads it; those too large for an {@code int} are cut, since nothing here has so many.
     *
     * @return empty if the parameter is not given
     * @throws BadValueException if it is no whole number
     */
    static Optional<Integer> whole(String name, String text) {
        if (text == null) {
            return Optional.empty();
        }
        var digits = text.strip();
        if (!digits.matches("[+-]?[0-9]{1,1000}")) {
            throw new BadValueException(name, text, "a whole number");
        }
        return Optional.of(new BigInteger(digits).min(MOST).max(MOST.negate()).intValue());
    }

    /**
     * One of several words.
     *
     * @throws BadValueException if it is none of them
     */
    static String oneOf(String name, String text, String usual, Collection<String> words) {
        var word = text == null ? usual : text;
        if (!words.contains(word)) {
            throw new BadValueException(name, word, "one of " + String.join(", ", words.stream().sorted().toList()));
        }
        return word;
    }

    /** Flags are on if they say {@code true}, in whichever case. */
    static boolean isTrue(String text) {
        return "true".equalsIgnoreCase(text);
    }
}

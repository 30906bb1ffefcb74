package org.comfyee.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The words of a command line, one after the other, as all commands take them: {@code --flag value}, {@code --flag=value},
 * {@code --flag}, or a word that is none of these.
 */
public final class Arguments {
    private static final String FLAG = "--";

    private final List<String> words;
    private int next;
    private String flag = "";
    private Optional<String> attached = Optional.empty();

    public Arguments(List<String> words) {
        this.words = List.copyOf(words);
    }

    public boolean hasNext() {
        return next < words.size();
    }

    /**
     * Moves on to the next word that has not been taken as a value.
     *
     * @return the flag, with its {@code --} and without a value that is attached, or the word
     */
    public String next() {
        var word = words.get(next++);
        int equals = word.startsWith(FLAG) ? word.indexOf('=') : -1;
        flag = equals < 0 ? word : word.substring(0, equals);
        attached = equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1));
        return flag;
    }

    public static boolean isFlag(String word) {
        return word.startsWith(FLAG);
    }

    /** What is attached to the flag. */
    Optional<String> attached() {
        return attached;
    }

    /** What is attached to the flag or follows it. */
    Optional<String> value() {
        return attached.or(() -> hasNext() && !isFlag(words.get(next)) ? Optional.of(words.get(next++)) : Optional.empty());
    }

    /** @throws UsageException if the flag has no value */
    public String neededValue() throws UsageException {
        return value().orElseThrow(() -> new UsageException(flag + " needs a value"));
    }

    /**
     * What is attached to the flag, or all that follows up to the next one.
     *
     * @param what of which at least one is needed
     * @throws UsageException if there is none
     */
    List<String> values(String what) throws UsageException {
        var values = new ArrayList<String>();
        for (var value = value(); value.isPresent(); value = attached.isPresent() ? Optional.empty() : value()) {
            values.add(value.get());
        }
        if (values.isEmpty()) {
            throw new UsageException(flag + " needs at least one " + what);
        }
        return values;
    }
}

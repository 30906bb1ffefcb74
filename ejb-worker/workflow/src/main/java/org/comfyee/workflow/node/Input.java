package org.comfyee.workflow.node;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.comfyee.workflow.files.Folders;

/**
 * A typed input of a node: the key to read its value with, and what clients are told of it.
 *
 * <p>Immutable: each method returns a changed copy.
 */
public final class Input<T> {
    /** 2^64 - 1, the largest seed. */
    public static final BigInteger MAX_SEED = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private final String name;
    private final String type;
    private final Optional<Choices> choices;
    private final Function<Object, T> reader;
    private final Map<String, Object> options;
    private final boolean required;
    private final boolean typed;

    private Input(String name, String type, Optional<Choices> choices, Function<Object, T> reader, Map<String, Object> options, boolean required,
            boolean typed) {
        this.name = name;
        this.type = type;
        this.choices = choices;
        this.reader = reader;
        this.options = options;
        this.required = required;
        this.typed = typed;
    }

    private static <T> Input<T> plain(String name, String type, Function<Object, T> reader) {
        return new Input<>(name, type, Optional.empty(), reader, Map.of(), true, false);
    }

    /** An integer of 32 bits; what exceeds these is cut off when it is read, so give a {@link #range}. */
    public static Input<Integer> integer(String name) {
        return plain(name, "INT", value -> number(name, value).intValue());
    }

    /** An integer of 64 bits. */
    public static Input<Long> longInteger(String name) {
        return plain(name, "INT", value -> number(name, value).longValue());
    }

    /** A 64-bit seed; the upper half of the unsigned range comes as negative numbers. */
    public static Input<Long> seed(String name) {
        return longInteger(name).with("default", 0L).with("min", 0L).with("max", MAX_SEED);
    }

    /** A number with a fraction; whole numbers are taken too. */
    public static Input<Double> floating(String name) {
        return plain(name, "FLOAT", value -> number(name, value).doubleValue());
    }

    private static Number number(String name, Object value) {
        if (value instanceof Number number) {
            return number;
        }
        throw wrongType(name, value, "a number");
    }

    /** A text of any length; with the option {@code multiline} clients show a large field for it. */
    public static Input<String> string(String name) {
        return plain(name, "STRING", value -> cast(name, value, String.class));
    }

    public static Input<Boolean> bool(String name) {
        return plain(name, "BOOLEAN", value -> cast(name, value, Boolean.class));
    }

    /** A value of a type of its own, which usually only a link gives. */
    public static <T> Input<T> of(String name, DataType<T> type) {
        return plain(name, type.name(), value -> cast(name, value, type.javaType()));
    }

    /** One of several names; the first is the default. */
    public static Input<String> combo(String name, List<String> names) {
        return combo(name, Choices.fixed(names));
    }

    /** One of names that are looked up each time: when clients ask for them and when a prompt is validated. */
    public static Input<String> combo(String name, Choices choices) {
        return new Input<>(name, "COMBO", Optional.of(choices), value -> cast(name, value, String.class), Map.of(), true, false);
    }

    private static <T> T cast(String name, Object value, Class<T> type) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw wrongType(name, value, "a value of type " + type.getSimpleName());
    }

    private static IllegalArgumentException wrongType(String name, Object value, String expected) {
        return new IllegalArgumentException("input " + name + " is " + (value == null ? "null" : "a " + value.getClass().getSimpleName())
                + ", expected " + expected);
    }

    /** Adds or replaces an option that clients see, such as {@code display}. */
    public Input<T> with(String option, Object value) {
        var changed = new LinkedHashMap<>(options);
        changed.put(option, value);
        return new Input<>(name, type, choices, reader, Collections.unmodifiableMap(changed), required, typed);
    }

    /** @param value for clients to begin with; what a prompt leaves out is not filled in by it */
    public Input<T> defaultTo(Object value) {
        return with("default", widened(value));
    }

    /** Both ends belong to it; a prompt with a number outside is refused. */
    public Input<T> range(Object min, Object max) {
        return with("min", widened(min)).with("max", widened(max));
    }

    /** By how much a client's field changes; other numbers are taken all the same. */
    public Input<T> step(Object step) {
        return with("step", widened(step));
    }

    public Input<T> tooltip(String text) {
        return with("tooltip", text);
    }

    /** One that a prompt may leave out: then {@link Inputs#find} is empty. */
    public Input<T> optional() {
        return new Input<>(name, type, choices, reader, options, false, typed);
    }

    /** Published with its options written out even where there are none; a combo's list is among them. */
    public Input<T> typed() {
        return new Input<>(name, type, choices, reader, options, required, true);
    }

    /** Not computed until the node asks for it by {@link Node#neededLazyInputs}. */
    public Input<T> lazy() {
        return with("lazy", true);
    }

    /** Numbers have one form in JSON values. */
    private static Object widened(Object value) {
        return switch (value) {
            case Integer number -> number.longValue();
            case Float number -> number.doubleValue();
            default -> value;
        };
    }

    public String name() {
        return name;
    }

    /** The type's name, or {@code COMBO}. */
    public String type() {
        return type;
    }

    /** Of a combo; empty for others. */
    public Optional<Choices> choices() {
        return choices;
    }

    public boolean isRequired() {
        return required;
    }

    public boolean isLazy() {
        return Boolean.TRUE.equals(options.get("lazy"));
    }

    /** Whether a link is handed over as it stands instead of the value behind it. */
    public boolean isRawLink() {
        return Boolean.TRUE.equals(options.get("rawLink"));
    }

    /** As clients see them; whole numbers are {@code Long}, others {@code Double}. */
    public Map<String, Object> options() {
        return options;
    }

    T read(Object value) {
        return reader.apply(value);
    }

    /**
     * {@code [type]} or {@code [type, options]}, where a combo's type is its list, or in a schema always
     * {@code ["COMBO", options]}.
     *
     * @param schema whether the definition is published as a schema, see {@link NodeDefinition.Builder#schema}
     */
    List<Object> specification(Folders folders, boolean schema) {
        var told = new LinkedHashMap<>(options);
        Object toldType = type;
        if (choices.isPresent()) {
            var names = choices.get().in(folders);
            if (schema) {
                told.putIfAbsent("multiselect", false);
            }
            if (schema || typed) {
                told.put("options", names);
            } else {
                toldType = names;
            }
        } else if (schema && type.equals("STRING")) {
            told.putIfAbsent("multiline", false);
        }
        var specification = new ArrayList<>();
        specification.add(toldType);
        if (schema || typed || !told.isEmpty()) {
            specification.add(told);
        }
        return specification;
    }

    @Override
    public String toString() {
        return name + " " + type;
    }
}

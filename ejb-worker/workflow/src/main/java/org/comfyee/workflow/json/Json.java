package org.comfyee.workflow.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * JSON as plain values: {@link Map} (in order), {@link List}, {@link String}, {@link Long} or {@link BigInteger},
 * {@link Double}, {@link Boolean} and {@code null}. Whole numbers and floating-point numbers stay apart, since clients see
 * the difference between 1 and 1.0; {@code NaN} and {@code Infinity} are read and written, as ComfyUI does.
 */
public final class Json {
    private static final JsonFactory JSON = JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;\\]]*; ([^\\]]*)]");

    private Json() {}

    /** @throws JsonException if the text is not exactly one JSON value */
    public static Object parse(String text) {
        try (var parser = JSON.createParser(text)) {
            return whole(parser);
        } catch (JacksonException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says what is wrong and where, without what the parser calls its source. */
    private static JsonException malformed(JacksonException e) {
        var problem = SOURCE.matcher(e.getOriginalMessage()).replaceAll("$1");
        return new JsonException(problem + (e.getLocation() == null ? "" : " at " + e.getLocation().offsetDescription()), e);
    }

    /** Reads UTF-8, UTF-16 or UTF-32. */
    public static Object parse(InputStream stream) throws IOException {
        try (var parser = JSON.createParser(stream)) {
            return whole(parser);
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /**
     * Parses text that must be an object.
     *
     * @throws JsonException if it is not
     */
    public static Map<String, Object> parseObject(String text) {
        return object(parse(text)).orElseThrow(() -> new JsonException("expected a JSON object", null));
    }

    /** The value as an object, if it is one. */
    @SuppressWarnings("unchecked")
    public static Optional<Map<String, Object>> object(Object value) {
        return value instanceof Map<?, ?> map ? Optional.of((Map<String, Object>) map) : Optional.empty();
    }

    /** Whether Python takes the value for true: all but false, null, 0 and what is empty. */
    public static boolean isTrue(Object value) {
        return switch (value) {
            case null -> false;
            case Boolean flag -> flag;
            case Number number -> number.doubleValue() != 0;
            case String text -> !text.isEmpty();
            case List<?> values -> !values.isEmpty();
            case Map<?, ?> values -> !values.isEmpty();
            default -> true;
        };
    }

    private static Object whole(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            throw new JsonException("the text is empty, expected a JSON value", null);
        }
        var value = value(parser);
        if (parser.nextToken() != null) {
            throw new JsonException("text after the JSON value at " + parser.currentTokenLocation().offsetDescription(), null);
        }
        return value;
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                var object = new LinkedHashMap<String, Object>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    var name = parser.currentName();
                    parser.nextToken();
                    object.put(name, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                var array = new ArrayList<Object>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser));
                }
                yield array;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> switch (parser.getNumberType()) {
                case INT, LONG -> parser.getLongValue();
                default -> parser.getBigIntegerValue();
            };
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IllegalStateException("unexpected token " + parser.currentToken());
        };
    }

    /** Writes a value to the letter as Python's {@code json.dumps} does, which is what ComfyUI's clients and PNG files hold. */
    public static String write(Object value) {
        return write(value, JsonText.Layout.SPACED);
    }

    /** Writes a value without any space, the form of which digests are made. */
    public static String writeCompact(Object value) {
        return write(value, JsonText.Layout.COMPACT);
    }

    /** Writes a value for people to read and edit, each part on a line of its own. */
    public static String writeIndented(Object value) {
        return write(value, JsonText.Layout.INDENTED);
    }

    private static String write(Object value, JsonText.Layout layout) {
        var out = new StringBuilder();
        JsonText.append(out, value, layout);
        return out.toString();
    }
}

package org.comfyee.torch.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.torch.ScalarType;

/** Reads the JSON header of a safetensors file: tensor name to type, shape and place, and {@code __metadata__}. */
final class HeaderReader {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Map<String, ScalarType> TYPES = new LinkedHashMap<>();

    static {
        for (var type : ScalarType.values()) {
            TYPES.put(StoredTensor.nameOf(type), type);
        }
    }

    final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    final Map<String, String> metadata = new LinkedHashMap<>();

    private HeaderReader() {}

    static HeaderReader read(byte[] header) throws IOException {
        var reader = new HeaderReader();
        try (var json = JSON.createParser(header)) {
            expect(json, json.nextToken(), JsonToken.START_OBJECT, "the header");
            while (json.nextToken() != JsonToken.END_OBJECT) {
                var name = json.currentName();
                json.nextToken();
                if (name.equals("__metadata__")) {
                    reader.readMetadata(json);
                } else {
                    reader.tensors.put(name, readTensor(json, name));
                }
            }
        }
        return reader;
    }

    private void readMetadata(JsonParser json) throws IOException {
        expect(json, json.currentToken(), JsonToken.START_OBJECT, "__metadata__");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var key = json.currentName();
            expect(json, json.nextToken(), JsonToken.VALUE_STRING, "metadata '" + key + "'");
            metadata.put(key, json.getText());
        }
    }

    private static StoredTensor readTensor(JsonParser json, String name) throws IOException {
        expect(json, json.currentToken(), JsonToken.START_OBJECT, "tensor '" + name + "'");
        ScalarType type = null;
        long[] shape = null;
        long[] offsets = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var field = json.currentName();
            json.nextToken();
            switch (field) {
                case "dtype" -> {
                    type = TYPES.get(json.getText());
                    if (type == null) {
                        throw new IOException("tensor '" + name + "' has dtype '" + json.getText() + "', expected one of " + TYPES.keySet());
                    }
                }
                case "shape" -> shape = readNumbers(json, name);
                case "data_offsets" -> offsets = readNumbers(json, name);
                default -> json.skipChildren();
            }
        }
        if (type == null || shape == null || offsets == null || offsets.length != 2) {
            throw new IOException("tensor '" + name + "' lacks dtype, shape or data_offsets");
        }
        return new StoredTensor(type, shape, offsets[0], offsets[1]);
    }

    private static long[] readNumbers(JsonParser json, String name) throws IOException {
        expect(json, json.currentToken(), JsonToken.START_ARRAY, "a list of tensor '" + name + "'");
        var numbers = new ArrayList<Long>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json, json.currentToken(), JsonToken.VALUE_NUMBER_INT, "a number of tensor '" + name + "'");
            numbers.add(json.getLongValue());
        }
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    private static void expect(JsonParser json, JsonToken found, JsonToken expected, String what) throws IOException {
        if (found != expected) {
            throw new IOException(what + " is " + found + " at byte " + json.currentTokenLocation().getByteOffset() + ", expected " + expected);
        }
    }

    /** Throws unless each tensor lies within the data and has the size that its shape asks for. */
    void check(long dataBytes) throws IOException {
        for (var entry : tensors.entrySet()) {
            var tensor = entry.getValue();
            long expected;
            try {
                expected = Math.multiplyExact(Arrays.stream(tensor.shape()).reduce(1, Math::multiplyExact), tensor.type().elementSize());
            } catch (ArithmeticException e) {
                throw new IOException("tensor '" + entry.getKey() + "' has the impossible shape " + Arrays.toString(tensor.shape()), e);
            }
            if (tensor.start() < 0 || tensor.end() < tensor.start() || tensor.end() > dataBytes) {
                throw new IOException("tensor '" + entry.getKey() + "' lies at bytes " + tensor.start() + " to " + tensor.end()
                        + " of the data, but the file holds " + dataBytes + " (is it truncated?)");
            }
            if (Arrays.stream(tensor.shape()).anyMatch(size -> size < 0) || tensor.end() - tensor.start() != expected) {
                throw new IOException("tensor '" + entry.getKey() + "' has " + (tensor.end() - tensor.start()) + " bytes, expected "
                        + expected + " for " + tensor.type() + Arrays.toString(tensor.shape()));
            }
        }
    }
}

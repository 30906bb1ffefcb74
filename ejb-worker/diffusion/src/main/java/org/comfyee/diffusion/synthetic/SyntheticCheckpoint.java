package org.comfyee.diffusion.synthetic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.safetensors.SafetensorsWriter;

/**
 * Checkpoints whose weights are a pure function of their tensors' names and shapes: they draw noise, but everyone can make
 * them and compare numbers.
 */
public final class SyntheticCheckpoint {
    private static final int CHUNK = 1 << 16;

    private SyntheticCheckpoint() {}

    /** Layouts that come with this class. */
    public enum Layout {
        /** Stable Diffusion 1.5 scaled down to 34 MB. */
        TINY_SD15("tiny-sd15"),
        /** Stable Diffusion 1.5 in its true size, 2.1 GB. */
        SD15("sd15");

        private final String resource;

        Layout(String resource) {
            this.resource = resource;
        }
    }

    /** Writes a checkpoint in float16. */
    public static void write(Path path, Layout layout) throws IOException {
        try (var shapes = SyntheticCheckpoint.class.getResourceAsStream(layout.resource + ".shapes.json")) {
            write(path, shapes);
        }
    }

    /** @param shapes a JSON object of tensor names and their shapes */
    public static void write(Path path, InputStream shapes) throws IOException {
        var sources = new LinkedHashMap<String, SafetensorsWriter.Source>();
        read(shapes).forEach((name, shape) -> sources.put(name, new Values(name, shape)));
        SafetensorsWriter.writeSources(path, sources, Map.of());
    }

    private static Map<String, long[]> read(InputStream json) throws IOException {
        var shapes = new LinkedHashMap<String, long[]>();
        try (var parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                var shape = new ArrayList<Long>();
                parser.nextToken();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    shape.add(parser.getLongValue());
                }
                shapes.put(name, shape.stream().mapToLong(Long::longValue).toArray());
            }
        }
        return shapes;
    }

    /** The values of one tensor, made while they are written. */
    private record Values(String name, long[] shape) implements SafetensorsWriter.Source {
        /** Of LoRAs. */
        private static final double ALPHA = 2;
        private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

        @Override
        public ScalarType type() {
            return ScalarType.FLOAT16;
        }

        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            long count = 1;
            for (long size : shape) {
                count *= size;
            }
            long hash = fnv1a(name);
            var buffer = ByteBuffer.allocate(CHUNK * 2).order(ByteOrder.LITTLE_ENDIAN);
            for (long i = 0; i < count; i++) {
                buffer.putShort(HalfFloat.of(value(hash + (i + 1) * GOLDEN_GAMMA)));
                if (!buffer.hasRemaining() || i == count - 1) {
                    buffer.flip();
                    while (buffer.hasRemaining()) {
                        out.write(buffer);
                    }
                    buffer.clear();
                }
            }
        }

        private double value(long state) {
            if (name.endsWith(".alpha")) {
                return ALPHA;
            }
            double s = (splitMix(state) >>> 40) / (double) (1 << 24) * 2 - 1;
            if (name.endsWith(".bias")) {
                return 0.02 * s;
            }
            if (shape.length <= 1) {
                return 1 + 0.1 * s;
            }
            if (name.contains("embedding")) {
                return 0.1 * s;
            }
            long fanIn = 1;
            for (int i = 1; i < shape.length; i++) {
                fanIn *= shape[i];
            }
            return s * Math.sqrt(3.0 / fanIn);
        }

        private static long splitMix(long state) {
            long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }

        private static long fnv1a(String text) {
            long hash = 0xcbf29ce484222325L;
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
            }
            return hash;
        }
    }
}

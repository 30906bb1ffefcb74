package org.comfyee.torch.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Writes safetensors files. */
public final class SafetensorsWriter {
    private static final JsonFactory JSON = new JsonFactory();

    /** A tensor's bytes, written when its turn comes, so that a file larger than memory can be made. */
    public interface Source {
        ScalarType type();

        long[] shape();

        /** Writes exactly the bytes that type and shape ask for, little-endian. */
        void writeTo(WritableByteChannel out) throws IOException;
    }

    private SafetensorsWriter() {}

    /** Writes tensors in the map's order. */
    public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        var sources = new LinkedHashMap<String, Source>();
        tensors.forEach((name, tensor) -> sources.put(name, source(tensor)));
        writeSources(path, sources, metadata);
    }

    /** A tensor's bytes. */
    public static Source source(Tensor tensor) {
        return new InMemory(tensor.dtype(), tensor.shape(), tensor);
    }

    private record InMemory(ScalarType type, long[] shape, Tensor tensor) implements Source {
        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            try (var _ = new TensorScope()) {
                var data = tensor.to(Device.CPU).contiguous().data();
                // A byte buffer holds at most 2 GiB.
                for (long done = 0; done < data.byteSize(); ) {
                    long size = Math.min(1 << 30, data.byteSize() - done);
                    writeFully(out, data.asSlice(done, size).asByteBuffer());
                    done += size;
                }
            }
        }
    }

    /** Writes tensors whose bytes are made on the way, in the map's order. */
    public static void writeSources(Path path, Map<String, ? extends Source> sources, Map<String, String> metadata) throws IOException {
        var header = header(sources, metadata);
        try (var channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            var length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).flip();
            writeFully(channel, length);
            writeFully(channel, ByteBuffer.wrap(header));
            for (var source : sources.values()) {
                source.writeTo(channel);
            }
        }
    }

    private static byte[] header(Map<String, ? extends Source> sources, Map<String, String> metadata) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart("__metadata__");
                for (var entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long offset = 0;
            for (var entry : sources.entrySet()) {
                var source = entry.getValue();
                long end = offset + Arrays.stream(source.shape()).reduce(1, Math::multiplyExact) * source.type().elementSize();
                json.writeObjectFieldStart(entry.getKey());
                json.writeStringField("dtype", StoredTensor.nameOf(source.type()));
                json.writeFieldName("shape");
                json.writeArray(source.shape(), 0, source.shape().length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {offset, end}, 0, 2);
                json.writeEndObject();
                offset = end;
            }
            json.writeEndObject();
        }
        // Spaces up to a multiple of 8 keep the tensors aligned.
        while (bytes.size() % 8 != 0) {
            bytes.write(' ');
        }
        return bytes.toByteArray();
    }

    private static void writeFully(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}

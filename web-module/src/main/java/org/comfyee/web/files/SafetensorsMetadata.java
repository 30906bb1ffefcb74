package org.comfyee.web.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.JsonException;

/** What the makers of a safetensors file wrote about it: the object {@code __metadata__} of its header. */
public final class SafetensorsMetadata {
    private SafetensorsMetadata() {}

    /**
     * @param mostBytes of the header; a longer one is not read
     * @return empty if the file says nothing, or is no safetensors file
     */
    public static Optional<Map<String, Object>> read(Path file, int mostBytes) throws IOException {
        try (var channel = Files.newByteChannel(file)) {
            var length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            if (!fill(channel, length) || length.getLong(0) < 0 || length.getLong(0) > mostBytes) {
                return Optional.empty();
            }
            var header = ByteBuffer.allocate((int) length.getLong(0));
            if (!fill(channel, header)) {
                return Optional.empty();
            }
            return Json.object(Json.parse(new String(header.array(), StandardCharsets.UTF_8)))
                    .flatMap(object -> Json.object(object.get("__metadata__")));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static boolean fill(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }
}

package org.comfyee.nodes.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a WebP file ("WebP Container Specification").
 *
 * @param type four letters
 */
public record RiffChunk(String type, byte[] data) {
    private static final int FILE_HEADER = 12;
    private static final int HEADER = 8;

    /** By its first bytes. */
    public static boolean isWebP(byte[] file) {
        return file.length > FILE_HEADER && new String(file, 0, 4, StandardCharsets.ISO_8859_1).equals("RIFF")
                && new String(file, 8, 4, StandardCharsets.ISO_8859_1).equals("WEBP");
    }

    /** The parts of a file. */
    public static List<RiffChunk> read(byte[] file) {
        return read(file, FILE_HEADER);
    }

    /** The parts that begin at a place, of which the last one may be cut off. */
    public static List<RiffChunk> read(byte[] bytes, int from) {
        var chunks = new ArrayList<RiffChunk>();
        var buffer = little(bytes).position(from);
        while (buffer.remaining() >= HEADER) {
            var type = new byte[4];
            int length = buffer.get(type).getInt();
            var data = new byte[(int) Math.min(Integer.toUnsignedLong(length), buffer.remaining())];
            buffer.get(data);
            chunks.add(new RiffChunk(new String(type, StandardCharsets.ISO_8859_1), data));
            buffer.position(Math.min(buffer.limit(), buffer.position() + data.length % 2));
        }
        return chunks;
    }

    /** A file of these parts. */
    public static byte[] write(List<RiffChunk> chunks) {
        var body = new ByteArrayOutputStream();
        body.writeBytes("WEBP".getBytes(StandardCharsets.ISO_8859_1));
        chunks.forEach(chunk -> body.writeBytes(chunk.bytes()));
        return new RiffChunk("RIFF", body.toByteArray()).bytes();
    }

    /** This part in a file. */
    public byte[] bytes() {
        var bytes = new byte[HEADER + data.length + data.length % 2];
        little(bytes).put(type.getBytes(StandardCharsets.ISO_8859_1)).putInt(data.length).put(data);
        return bytes;
    }

    /** A view of bytes whose numbers begin with the lowest byte. */
    public static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}

package org.comfyee.nodes.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A part of a PNG file (W3C, "Portable Network Graphics, third edition").
 *
 * @param type four letters
 */
public record PngChunk(String type, byte[] data) {
    private static final String END = "IEND";
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    /** By its first bytes. */
    public static boolean isPng(byte[] file) {
        return file.length > SIGNATURE.length && ByteBuffer.wrap(file, 0, SIGNATURE.length).equals(ByteBuffer.wrap(SIGNATURE));
    }

    /**
     * The parts of a file up to that which ends it; what follows is none of it.
     *
     * @throws IOException if it is damaged or cut off
     */
    public static List<PngChunk> read(byte[] png) throws IOException {
        var chunks = new ArrayList<PngChunk>();
        var buffer = ByteBuffer.wrap(png).position(SIGNATURE.length);
        try {
            while (buffer.hasRemaining() && (chunks.isEmpty() || !chunks.getLast().type.equals(END))) {
                int length = buffer.getInt();
                if (length < 0 || length > buffer.remaining()) {
                    throw new IOException("a part has " + length + " bytes, expected at most " + buffer.remaining());
                }
                var type = new byte[4];
                var data = new byte[length];
                buffer.get(type).get(data).getInt();
                chunks.add(new PngChunk(new String(type, StandardCharsets.ISO_8859_1), data));
            }
        } catch (BufferUnderflowException e) {
            throw new IOException("the file ends within a part", e);
        }
        return chunks;
    }

    /** A file of these parts. */
    public static byte[] write(List<PngChunk> chunks) {
        var file = new ByteArrayOutputStream();
        file.writeBytes(SIGNATURE);
        for (var chunk : chunks) {
            var type = chunk.type.getBytes(StandardCharsets.ISO_8859_1);
            var checksum = new CRC32();
            checksum.update(type);
            checksum.update(chunk.data);
            file.writeBytes(ByteBuffer.allocate(8).putInt(chunk.data.length).put(type).array());
            file.writeBytes(chunk.data);
            file.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
        }
        return file.toByteArray();
    }
}

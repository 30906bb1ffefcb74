package org.comfyee.nodes.image.animation;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Pictures one after the other in the form of the specification "PNG, third edition" (animated PNG): the first is what programs
 * show that know nothing of animation.
 */
final class AnimatedPng {
    private static final int SIGNATURE_LENGTH = 8;
    private static final int MOST_MILLISECONDS = 0xffff;

    private record Chunk(String type, byte[] data) {}

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private int sequence;

    private AnimatedPng() {}

    /**
     * @param frames PNG files of pictures of one size and kind
     * @param milliseconds how long each is shown
     * @param texts what the file says beside, by keyword; in chunks of their own called comf
     */
    static byte[] of(List<byte[]> frames, int milliseconds, Map<String, String> texts) {
        var png = new AnimatedPng();
        try {
            png.write(frames, milliseconds, texts);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return png.bytes.toByteArray();
    }

    private void write(List<byte[]> frames, int milliseconds, Map<String, String> texts) throws IOException {
        out.write(frames.getFirst(), 0, SIGNATURE_LENGTH);
        for (int i = 0; i < frames.size(); i++) {
            var chunks = chunks(frames.get(i));
            if (i == 0) {
                write(chunks.getFirst());
                if (frames.size() > 1) {
                    // For ever.
                    write(new Chunk("acTL", ByteBuffer.allocate(8).putInt(frames.size()).putInt(0).array()));
                }
            }
            if (frames.size() > 1) {
                writeControl(chunks.getFirst().data, milliseconds);
            }
            writePicture(chunks, i == 0);
        }
        for (var text : texts.entrySet()) {
            write(new Chunk("comf", (text.getKey() + "\0" + text.getValue()).getBytes(StandardCharsets.ISO_8859_1)));
        }
        write(new Chunk("IEND", new byte[0]));
    }

    private static List<Chunk> chunks(byte[] png) {
        var chunks = new ArrayList<Chunk>();
        var buffer = ByteBuffer.wrap(png).position(SIGNATURE_LENGTH);
        while (buffer.hasRemaining()) {
            var data = new byte[buffer.getInt()];
            var type = new byte[4];
            buffer.get(type).get(data).getInt();
            chunks.add(new Chunk(new String(type, StandardCharsets.ISO_8859_1), data));
        }
        return chunks;
    }

    private void writeControl(byte[] header, int milliseconds) throws IOException {
        boolean slow = milliseconds > MOST_MILLISECONDS;
        var control = ByteBuffer.allocate(26).putInt(sequence++).put(header, 0, 8).putInt(0).putInt(0);
        control.putShort((short) (slow ? milliseconds / 100 : milliseconds)).putShort((short) (slow ? 10 : 1000));
        // What was there stays and is painted over.
        write(new Chunk("fcTL", control.put((byte) 0).put((byte) 0).array()));
    }

    private void writePicture(List<Chunk> chunks, boolean first) throws IOException {
        for (var chunk : chunks) {
            if (!chunk.type.equals("IDAT")) {
                continue;
            }
            write(first ? chunk : new Chunk("fdAT", ByteBuffer.allocate(4 + chunk.data.length).putInt(sequence++).put(chunk.data).array()));
        }
    }

    private void write(Chunk chunk) throws IOException {
        var type = chunk.type.getBytes(StandardCharsets.ISO_8859_1);
        var checksum = new CRC32();
        checksum.update(type);
        checksum.update(chunk.data);
        out.writeInt(chunk.data.length);
        out.write(type);
        out.write(chunk.data);
        out.writeInt((int) checksum.getValue());
    }
}

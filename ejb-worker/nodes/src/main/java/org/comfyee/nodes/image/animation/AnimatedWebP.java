package org.comfyee.nodes.image.animation;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Pictures one after the other in the form of the "WebP Container Specification". */
final class AnimatedWebP {
    private static final int ANIMATION = 0x02;
    private static final int EXIF = 0x08;
    private static final int ALPHA = 0x10;
    private static final int FILE_HEADER = 12;
    private static final int CHUNK_HEADER = 8;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private AnimatedWebP() {}

    /**
     * @param frames WebP files of pictures of this size
     * @param milliseconds how long each is shown
     * @param exif what the file says beside; nothing if empty
     */
    static byte[] of(List<byte[]> frames, int width, int height, boolean alpha, int milliseconds, byte[] exif) {
        var body = new AnimatedWebP();
        boolean moves = frames.size() > 1;
        int flags = (moves ? ANIMATION : 0) | (exif.length > 0 ? EXIF : 0) | (alpha ? ALPHA : 0);
        body.chunk("VP8X", little(10).putInt(flags).put(three(width - 1)).put(three(height - 1)).array());
        if (moves) {
            // No background, for ever.
            body.chunk("ANIM", new byte[6]);
            for (var frame : frames) {
                var picture = picture(frame);
                body.chunk("ANMF", little(16 + picture.length).put(new byte[6]).put(three(width - 1)).put(three(height - 1))
                        .put(three(milliseconds)).put((byte) 0x02).put(picture).array());
            }
        } else {
            body.out.writeBytes(picture(frames.getFirst()));
        }
        if (exif.length > 0) {
            body.chunk("EXIF", exif);
        }
        var file = new AnimatedWebP();
        var content = little(4 + body.out.size()).put(name("WEBP")).put(body.out.toByteArray()).array();
        file.chunk("RIFF", content);
        return file.out.toByteArray();
    }

    private void chunk(String name, byte[] data) {
        out.writeBytes(little(CHUNK_HEADER).put(name(name)).putInt(data.length).array());
        out.writeBytes(data);
        if (data.length % 2 == 1) {
            out.write(0);
        }
    }

    /** The chunks of a file that hold its picture. */
    private static byte[] picture(byte[] file) {
        var chunks = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(FILE_HEADER);
        var picture = new ByteArrayOutputStream();
        while (chunks.remaining() >= CHUNK_HEADER) {
            int start = chunks.position();
            var name = new byte[4];
            int length = chunks.get(name).getInt();
            int padded = CHUNK_HEADER + length + length % 2;
            if (List.of("ALPH", "VP8 ", "VP8L").contains(new String(name, StandardCharsets.ISO_8859_1))) {
                picture.write(file, start, padded);
            }
            chunks.position(start + padded);
        }
        return picture.toByteArray();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] three(int number) {
        return new byte[] {(byte) number, (byte) (number >> 8), (byte) (number >> 16)};
    }

    private static byte[] name(String name) {
        return name.getBytes(StandardCharsets.ISO_8859_1);
    }
}

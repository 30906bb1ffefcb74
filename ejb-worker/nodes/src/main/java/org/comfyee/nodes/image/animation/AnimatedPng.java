package org.comfyee.nodes.image.animation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.comfyee.nodes.image.PngChunk;

/**
 * Pictures one after the other in the form of the specification "PNG, third edition" (animated PNG): the first is what programs
 * show that know nothing of animation.
 */
final class AnimatedPng {
    private static final int MOST_MILLISECONDS = 0xffff;

    private final List<PngChunk> file = new ArrayList<>();
    private int sequence;

    private AnimatedPng() {}

    /**
     * @param frames PNG files of pictures of one size and kind
     * @param milliseconds how long each is shown
     * @param texts what the file says beside, by keyword; in chunks of their own called comf
     * @throws IOException if a frame is no PNG file
     */
    static byte[] of(List<byte[]> frames, int milliseconds, Map<String, String> texts) throws IOException {
        var png = new AnimatedPng();
        png.add(frames, milliseconds, texts);
        return PngChunk.write(png.file);
    }

    private void add(List<byte[]> frames, int milliseconds, Map<String, String> texts) throws IOException {
        for (int i = 0; i < frames.size(); i++) {
            var chunks = PngChunk.read(frames.get(i));
            if (i == 0) {
                file.add(chunks.getFirst());
                if (frames.size() > 1) {
                    // For ever.
                    file.add(new PngChunk("acTL", ByteBuffer.allocate(8).putInt(frames.size()).putInt(0).array()));
                }
            }
            if (frames.size() > 1) {
                addControl(chunks.getFirst().data(), milliseconds);
            }
            addPicture(chunks, i == 0);
        }
        for (var text : texts.entrySet()) {
            file.add(new PngChunk("comf", (text.getKey() + "\0" + text.getValue()).getBytes(StandardCharsets.ISO_8859_1)));
        }
        file.add(new PngChunk("IEND", new byte[0]));
    }

    private void addControl(byte[] header, int milliseconds) {
        boolean slow = milliseconds > MOST_MILLISECONDS;
        var control = ByteBuffer.allocate(26).putInt(sequence++).put(header, 0, 8).putInt(0).putInt(0);
        control.putShort((short) (slow ? milliseconds / 100 : milliseconds)).putShort((short) (slow ? 10 : 1000));
        // What was there stays and is painted over.
        file.add(new PngChunk("fcTL", control.put((byte) 0).put((byte) 0).array()));
    }

    private void addPicture(List<PngChunk> chunks, boolean first) {
        for (var chunk : chunks) {
            if (chunk.type().equals("IDAT")) {
                var numbered = ByteBuffer.allocate(4 + chunk.data().length);
                file.add(first ? chunk : new PngChunk("fdAT", numbered.putInt(sequence++).put(chunk.data()).array()));
            }
        }
    }
}

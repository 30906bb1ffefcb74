package org.comfyee.nodes.image.animation;

import static org.comfyee.nodes.image.RiffChunk.little;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.comfyee.nodes.image.RiffChunk;

/** Pictures one after the other in the form of the "WebP Container Specification". */
final class AnimatedWebP {
    private static final int ANIMATION = 0x02;
    private static final int EXIF = 0x08;
    private static final int ALPHA = 0x10;
    private static final List<String> PICTURE = List.of("ALPH", "VP8 ", "VP8L");

    private AnimatedWebP() {}

    /**
     * @param frames WebP files of pictures of this size
     * @param milliseconds how long each is shown
     * @param exif what the file says beside; nothing if empty
     */
    static byte[] of(List<byte[]> frames, int width, int height, boolean alpha, int milliseconds, byte[] exif) {
        var file = new ArrayList<RiffChunk>();
        boolean moves = frames.size() > 1;
        int flags = (moves ? ANIMATION : 0) | (exif.length > 0 ? EXIF : 0) | (alpha ? ALPHA : 0);
        file.add(new RiffChunk("VP8X", little(new byte[10]).putInt(flags).put(three(width - 1)).put(three(height - 1)).array()));
        if (moves) {
            // No background, for ever.
            file.add(new RiffChunk("ANIM", new byte[6]));
            for (var frame : frames) {
                var picture = new ByteArrayOutputStream();
                picture(frame).forEach(chunk -> picture.writeBytes(chunk.bytes()));
                file.add(new RiffChunk("ANMF", little(new byte[16 + picture.size()]).put(new byte[6]).put(three(width - 1)).put(three(height - 1))
                        .put(three(milliseconds)).put((byte) 0x02).put(picture.toByteArray()).array()));
            }
        } else {
            file.addAll(picture(frames.getFirst()));
        }
        if (exif.length > 0) {
            file.add(new RiffChunk("EXIF", exif));
        }
        return RiffChunk.write(file);
    }

    /** The chunks of a file that hold its picture. */
    private static List<RiffChunk> picture(byte[] file) {
        return RiffChunk.read(file).stream().filter(chunk -> PICTURE.contains(chunk.type())).toList();
    }

    private static byte[] three(int number) {
        return new byte[] {(byte) number, (byte) (number >> 8), (byte) (number >> 16)};
    }
}

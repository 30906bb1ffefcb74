package org.comfyee.nodes.image.reading;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.comfyee.nodes.image.RiffChunk;
import org.comfyee.nodes.image.WebP;

/** Reads WebP files with the library that the format comes from, those with several pictures ("WebP Container Specification") among them. */
final class WebPFrames {
    private static final byte ALPHA = 0x10;

    private WebPFrames() {}

    static void read(byte[] file, Consumer<Picture> pictures) throws IOException {
        var chunks = RiffChunk.read(file);
        var parts = chunks.stream().filter(chunk -> chunk.type().equals(WebP.FRAME)).toList();
        if (parts.isEmpty()) {
            pictures.accept(decoded(file));
            return;
        }
        var header = RiffChunk.little(chunks.getFirst().data());
        int width = three(header, 4) + 1;
        int height = three(header, 7) + 1;
        boolean transparent = (header.get(0) & ALPHA) != 0;
        var canvas = new Canvas(width, height, transparent ? 0 : Picture.pixel(255, 0, 0, 0), transparent, pictures);
        // Where nothing was drawn, transparent pixels keep their colours.
        boolean clear = true;
        for (var part : parts) {
            var frame = frame(part.data(), clear);
            canvas.show(frame);
            boolean whole = frame.part().width() == width && frame.part().height() == height;
            clear = frame.after() == Frame.After.CLEAR && (whole || clear);
        }
    }

    private static Frame frame(byte[] data, boolean clear) throws IOException {
        var header = RiffChunk.little(data);
        int flags = header.get(15);
        var drawing = (flags & 2) == 0 && !clear ? Frame.Drawing.OVER : Frame.Drawing.REPLACE;
        var after = (flags & 1) != 0 ? Frame.After.CLEAR : Frame.After.KEEP;
        return new Frame(decoded(WebP.picture(data)), 2 * three(header, 0), 2 * three(header, 3), drawing, after, 0);
    }

    private static Picture decoded(byte[] file) throws IOException {
        var reader = WebP.reader();
        try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(stream);
            return Picture.read(reader, 0);
        } finally {
            reader.dispose();
        }
    }

    private static int three(ByteBuffer bytes, int at) {
        return bytes.getShort(at) & 0xffff | (bytes.get(at + 2) & 0xff) << 16;
    }
}

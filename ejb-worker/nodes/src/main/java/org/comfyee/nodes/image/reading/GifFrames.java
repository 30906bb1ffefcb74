package org.comfyee.nodes.image.reading;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.comfyee.nodes.image.RiffChunk;

/**
 * Reads GIF files (CompuServe 1990, "Graphics Interchange Format, version 89a"), whose pictures are drawn over each other.
 * Java's own reader cuts numbers of colours that exceed the palette, by which some programs tell transparent pixels.
 */
final class GifFrames {
    private static final int EXTENSION = 0x21;
    private static final int CONTROL = 0xf9;
    private static final int PICTURE = 0x2c;
    private static final int END = 0x3b;
    private static final int HAS_PALETTE = 0x80;
    private static final int INTERLACED = 0x40;
    private static final int COLOURS = 256;
    private static final int OPAQUE = -1;

    private final ByteBuffer file;
    private final int width;
    private final int height;
    private final int[] palette;
    private final int background;
    private final Consumer<Picture> pictures;
    private Canvas canvas;
    private Frame.After after = Frame.After.KEEP;
    private int hole = OPAQUE;

    private GifFrames(byte[] bytes, Consumer<Picture> pictures) {
        this.pictures = pictures;
        file = RiffChunk.little(bytes).position(6);
        width = file.getShort() & 0xffff;
        height = file.getShort() & 0xffff;
        int flags = file.get();
        int index = file.get() & 0xff;
        file.get();
        palette = (flags & HAS_PALETTE) != 0 ? palette(flags) : greys();
        background = palette[index];
    }

    static boolean isGif(byte[] file) {
        return file.length > 13 && new String(file, 0, 4, StandardCharsets.ISO_8859_1).equals("GIF8");
    }

    /** With transparency if the first of them has some; those that the file still has before it is cut off. */
    static void read(byte[] file, Consumer<Picture> pictures) throws IOException {
        var frames = new GifFrames(file, pictures);
        try {
            frames.readAll();
        } catch (BufferUnderflowException e) {
            if (frames.canvas == null) {
                throw new IOException("the file ends before its first picture", e);
            }
        }
    }

    private void readAll() throws IOException {
        while (true) {
            switch (file.get() & 0xff) {
                case EXTENSION -> readExtension();
                case PICTURE -> readPicture();
                case END -> {
                    return;
                }
                // Bytes between the parts mean nothing.
                default -> { }
            }
        }
    }

    private void readExtension() {
        int kind = file.get() & 0xff;
        var data = blocks();
        if (kind == CONTROL && data.length >= 4) {
            after = switch (data[0] >> 2 & 7) {
                case 2 -> Frame.After.CLEAR;
                case 3 -> Frame.After.RESTORE;
                default -> Frame.After.KEEP;
            };
            hole = (data[0] & 1) != 0 ? data[3] & 0xff : OPAQUE;
        }
    }

    private void readPicture() throws IOException {
        int left = file.getShort() & 0xffff;
        int top = file.getShort() & 0xffff;
        int partWidth = file.getShort() & 0xffff;
        int partHeight = file.getShort() & 0xffff;
        int flags = file.get();
        var colours = ((flags & HAS_PALETTE) != 0 ? palette(flags) : palette).clone();
        if (hole != OPAQUE) {
            colours[hole] &= 0xffffff;
        }
        int smallest = file.get();
        var indices = GifPixels.decoded(blocks(), smallest, Picture.pixels(partWidth, partHeight));
        var argb = new int[indices.length];
        for (int row = 0; row < partHeight; row++) {
            int y = (flags & INTERLACED) != 0 ? interlaced(row, partHeight) : row;
            for (int x = 0; x < partWidth; x++) {
                argb[y * partWidth + x] = colours[indices[row * partWidth + x] & 0xff];
            }
        }
        boolean first = canvas == null;
        if (first) {
            canvas = new Canvas(width, height, colours[Math.max(0, hole)], hole != OPAQUE, pictures);
        }
        if (first && hole == OPAQUE && after == Frame.After.RESTORE) {
            // There is nothing before the first.
            after = Frame.After.KEEP;
        }
        var part = new Picture(partWidth, partHeight, argb, hole != OPAQUE);
        var drawing = first ? Frame.Drawing.REPLACE : Frame.Drawing.OVER;
        canvas.show(new Frame(part, left, top, drawing, after, hole == OPAQUE ? background : colours[hole]));
        after = Frame.After.KEEP;
        hole = OPAQUE;
    }

    /** Every eighth row comes first, then those between them, and so on. */
    private static int interlaced(int row, int height) {
        int[] starts = {0, 4, 2, 1};
        int[] steps = {8, 8, 4, 2};
        int rest = row;
        for (int pass = 0; pass < starts.length; pass++) {
            int rows = Math.ceilDiv(Math.max(0, height - starts[pass]), steps[pass]);
            if (rest < rows) {
                return starts[pass] + rest * steps[pass];
            }
            rest -= rows;
        }
        throw new IllegalArgumentException("row " + row + " of " + height);
    }

    private int[] palette(int flags) {
        var colours = new int[COLOURS];
        for (int i = 0; i < COLOURS; i++) {
            colours[i] = i < 2 << (flags & 7)
                    ? Picture.pixel(255, file.get() & 0xff, file.get() & 0xff, file.get() & 0xff)
                    : Picture.pixel(255, 0, 0, 0);
        }
        return colours;
    }

    private static int[] greys() {
        var colours = new int[COLOURS];
        for (int i = 0; i < COLOURS; i++) {
            colours[i] = Picture.pixel(255, i, i, i);
        }
        return colours;
    }

    /** What follows in blocks up to an empty one. */
    private byte[] blocks() {
        var all = new ByteArrayOutputStream();
        for (int length = file.get() & 0xff; length > 0; length = file.get() & 0xff) {
            var block = new byte[Math.min(length, file.remaining())];
            file.get(block);
            all.writeBytes(block);
        }
        return all.toByteArray();
    }
}

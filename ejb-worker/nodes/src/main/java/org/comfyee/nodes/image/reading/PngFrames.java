package org.comfyee.nodes.image.reading;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.comfyee.nodes.image.PngChunk;

/** Reads PNG files, those with several pictures ("Portable Network Graphics, third edition") among them. */
final class PngFrames {
    private static final int SIGNATURE = 8;
    private static final int ANIMATION = 'a' << 24 | 'c' << 16 | 'T' << 8 | 'L';
    private static final int PICTURE = 'I' << 24 | 'D' << 16 | 'A' << 8 | 'T';
    /** Where the header says what the samples are. */
    private static final int KIND = 25;
    private static final int WITH_ALPHA = 4;
    private static final int WITH_PALETTE = 3;

    private final List<PngChunk> header = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    private PngFrames() {}

    /** @param control as the file has it; empty of a picture that is no part of the animation */
    private record Part(ByteBuffer control, ByteArrayOutputStream data) {}

    /** A picture that is no part of the animation comes first. */
    static void read(byte[] file, Consumer<Picture> pictures) throws IOException {
        if (!isAnimated(file)) {
            pictures.accept(decoded(file));
            return;
        }
        var frames = new PngFrames();
        for (var chunk : PngChunk.read(file)) {
            frames.add(chunk);
        }
        frames.show(pictures);
    }

    /** Whether a part that says so comes before the first picture. */
    private static boolean isAnimated(byte[] file) {
        var bytes = ByteBuffer.wrap(file);
        for (long at = SIGNATURE; at + 8 <= file.length; at += 12 + Integer.toUnsignedLong(bytes.getInt((int) at))) {
            int type = bytes.getInt((int) at + 4);
            if (type == ANIMATION || type == PICTURE) {
                return type == ANIMATION;
            }
        }
        return false;
    }

    /** A single colour that is to be transparent is not looked at, unless it is one of a palette. */
    private static Picture decoded(byte[] file) throws IOException {
        var picture = PictureReader.decoded(file);
        int kind = file[KIND];
        return kind == WITH_PALETTE || (kind & WITH_ALPHA) != 0 ? picture : picture.opaque();
    }

    private void add(PngChunk chunk) {
        switch (chunk.type()) {
            case "fcTL" -> parts.add(new Part(ByteBuffer.wrap(chunk.data()), new ByteArrayOutputStream()));
            case "IDAT" -> {
                if (parts.isEmpty()) {
                    parts.add(new Part(ByteBuffer.allocate(0), new ByteArrayOutputStream()));
                }
                parts.getLast().data.writeBytes(chunk.data());
            }
            case "fdAT" -> parts.getLast().data.write(chunk.data(), 4, chunk.data().length - 4);
            case "acTL", "IEND" -> { }
            default -> {
                if (parts.isEmpty()) {
                    header.add(chunk);
                }
            }
        }
    }

    private void show(Consumer<Picture> pictures) throws IOException {
        var size = ByteBuffer.wrap(header.getFirst().data());
        var first = frame(parts.getFirst(), true);
        var canvas = new Canvas(size.getInt(), size.getInt(), 0, first.part().transparent(), pictures);
        canvas.show(first);
        for (var part : parts.subList(1, parts.size())) {
            canvas.show(frame(part, false));
        }
    }

    private Frame frame(Part part, boolean first) throws IOException {
        var control = part.control;
        if (!control.hasRemaining()) {
            return new Frame(decoded(file(part, header.getFirst())), 0, 0, Frame.Drawing.REPLACE, Frame.After.KEEP, 0);
        }
        var measures = header.getFirst().data().clone();
        ByteBuffer.wrap(measures).put(control.array(), 4, 8);
        var after = switch (control.get(24)) {
            case 1 -> Frame.After.CLEAR;
            // There is nothing before the first.
            case 2 -> first ? Frame.After.CLEAR : Frame.After.RESTORE;
            default -> Frame.After.KEEP;
        };
        var picture = decoded(file(part, new PngChunk("IHDR", measures)));
        var drawing = control.get(25) == 1 && !first ? Frame.Drawing.MIX : Frame.Drawing.REPLACE;
        return new Frame(picture, control.getInt(12), control.getInt(16), drawing, after, 0);
    }

    /** A file of one picture. */
    private byte[] file(Part part, PngChunk measures) {
        var chunks = new ArrayList<>(header);
        chunks.set(0, measures);
        chunks.add(new PngChunk("IDAT", part.data.toByteArray()));
        chunks.add(new PngChunk("IEND", new byte[0]));
        return PngChunk.write(chunks);
    }
}

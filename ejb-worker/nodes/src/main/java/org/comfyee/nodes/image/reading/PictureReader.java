package org.comfyee.nodes.image.reading;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.comfyee.nodes.image.PngChunk;
import org.comfyee.nodes.image.RiffChunk;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/** Reads picture files as tensors. */
public final class PictureReader {
    /** What a picture without transparency has for a mask. */
    private static final int EMPTY_MASK_SIDE = 64;

    private PictureReader() {}

    /**
     * @param pictures {@code [frames, height, width, 3]}, 0 to 1
     * @param mask {@code [frames, height, width]}, 1 where the pictures are transparent
     */
    public record Frames(Tensor pictures, Tensor mask) {}

    /**
     * Pictures of another size than the first are left out.
     *
     * @throws IOException if the file is no picture or damaged
     */
    public static Frames read(Path path) throws IOException {
        var frames = new ArrayList<Frames>();
        read(path, picture -> {
            if (frames.isEmpty() || sameSize(frames.getFirst(), picture)) {
                frames.add(frames(picture));
            }
        });
        return new Frames(Tensor.cat(frames.stream().map(Frames::pictures).toList(), 0), mask(frames));
    }

    private static boolean sameSize(Frames first, Picture picture) {
        return first.pictures().size(1) == picture.height() && first.pictures().size(2) == picture.width();
    }

    /** One picture, without transparency with an empty mask. */
    private static Frames frames(Picture picture) {
        return new Frames(picture.colours(), picture.transparent() ? picture.mask() : Tensor.empty(ScalarType.FLOAT32, 0));
    }

    /**
     * The first picture alone, with a mask of its size even if it is opaque. A single colour that the file says is transparent is so here.
     *
     * @throws IOException if the file is no picture or damaged
     */
    public static Frames first(Path path) throws IOException {
        var first = new ArrayList<Frames>();
        read(path, picture -> {
            if (first.isEmpty()) {
                first.add(new Frames(picture.colours(), picture.mask()));
            }
        });
        return first.getFirst();
    }

    private static void read(Path path, Consumer<Picture> pictures) throws IOException {
        try {
            var orientation = Orientation.of(path);
            var any = new AtomicBoolean();
            read(Files.readAllBytes(path), picture -> {
                any.set(true);
                pictures.accept(orientation.upright(picture));
            });
            if (!any.get()) {
                throw new IOException("nothing is in it");
            }
        } catch (UnknownFormatException e) {
            throw new IOException(path.getFileName() + " is no picture that can be read, expected PNG, JPEG, WebP, GIF, BMP or TIFF", e);
        } catch (IndexOutOfBoundsException | IllegalArgumentException | NoSuchElementException | BufferUnderflowException | IOException e) {
            throw new IOException(path.getFileName() + " is a damaged picture: " + e.getMessage(), e);
        }
    }

    private static Tensor mask(List<Frames> frames) {
        if (frames.stream().allMatch(each -> each.mask().numel() == 0)) {
            return Tensor.zeros(ScalarType.FLOAT32, frames.size(), EMPTY_MASK_SIDE, EMPTY_MASK_SIDE);
        }
        var size = frames.getFirst().pictures();
        var opaque = Tensor.zeros(ScalarType.FLOAT32, 1, size.size(1), size.size(2));
        return Tensor.cat(frames.stream().map(each -> each.mask().numel() == 0 ? opaque : each.mask()).toList(), 0);
    }

    private static void read(byte[] file, Consumer<Picture> pictures) throws IOException {
        if (PngChunk.isPng(file)) {
            PngFrames.read(file, pictures);
        } else if (RiffChunk.isWebP(file)) {
            WebPFrames.read(file, pictures);
        } else if (GifFrames.isGif(file)) {
            GifFrames.read(file, pictures);
        } else {
            with(file, reader -> {
                // Further pictures of a photo are its other eye, its depth or its brightness.
                int count = reader.getFormatName().equals("JPEG") ? 1 : reader.getNumImages(true);
                for (int i = 0; i < count; i++) {
                    pictures.accept(Picture.read(reader, i));
                }
                return count;
            });
        }
    }

    /** The first picture of a file of a format that Java knows. */
    static Picture decoded(byte[] file) throws IOException {
        return with(file, reader -> Picture.read(reader, 0));
    }

    /** What is read from a file. */
    @FunctionalInterface
    private interface Reading<T> {
        T from(ImageReader reader) throws IOException;
    }

    private static <T> T with(byte[] file, Reading<T> reading) throws IOException {
        try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            var readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new UnknownFormatException();
            }
            var reader = readers.next();
            try {
                reader.setInput(stream);
                return reading.from(reader);
            } finally {
                reader.dispose();
            }
        }
    }

    /** The file is of a format that nothing here reads. */
    private static final class UnknownFormatException extends IOException {
        private static final long serialVersionUID = 1;
    }
}

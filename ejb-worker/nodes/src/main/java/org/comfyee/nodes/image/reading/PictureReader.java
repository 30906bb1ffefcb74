package org.comfyee.nodes.image.reading;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        var all = pictures(path);
        var first = all.getFirst();
        var pictures = all.stream().filter(each -> each.width() == first.width() && each.height() == first.height()).toList();
        return new Frames(Tensor.cat(pictures.stream().map(Picture::colours).toList(), 0), mask(pictures));
    }

    /**
     * The first picture alone, with a mask of its size even if it is opaque. A single colour that the file says is transparent is so here.
     *
     * @throws IOException if the file is no picture or damaged
     */
    public static Frames first(Path path) throws IOException {
        var picture = pictures(path).getFirst();
        return new Frames(picture.colours(), picture.mask());
    }

    private static List<Picture> pictures(Path path) throws IOException {
        try {
            var orientation = Orientation.of(path);
            return pictures(Files.readAllBytes(path)).stream().map(orientation::upright).toList();
        } catch (UnknownFormatException e) {
            throw new IOException(path.getFileName() + " is no picture that can be read, expected PNG, JPEG, WebP, GIF, BMP or TIFF", e);
        } catch (IndexOutOfBoundsException | IllegalArgumentException | BufferUnderflowException | IOException e) {
            throw new IOException(path.getFileName() + " is a damaged picture: " + e.getMessage(), e);
        }
    }

    private static Tensor mask(List<Picture> pictures) {
        if (pictures.stream().noneMatch(Picture::transparent)) {
            return Tensor.zeros(ScalarType.FLOAT32, pictures.size(), EMPTY_MASK_SIDE, EMPTY_MASK_SIDE);
        }
        var opaque = Tensor.zeros(ScalarType.FLOAT32, 1, pictures.getFirst().height(), pictures.getFirst().width());
        return Tensor.cat(pictures.stream().map(each -> each.transparent() ? each.mask() : opaque).toList(), 0);
    }

    private static List<Picture> pictures(byte[] file) throws IOException {
        if (PngChunk.isPng(file)) {
            return PngFrames.read(file);
        }
        if (RiffChunk.isWebP(file)) {
            return WebPFrames.read(file);
        }
        if (GifFrames.isGif(file)) {
            return GifFrames.read(file);
        }
        return with(file, reader -> {
            // Further pictures of a photo are its other eye, its depth or its brightness.
            int count = reader.getFormatName().equals("JPEG") ? 1 : reader.getNumImages(true);
            var pictures = new ArrayList<Picture>();
            for (int i = 0; i < count; i++) {
                pictures.add(Picture.of(reader.read(i)));
            }
            return pictures;
        });
    }

    /** The first picture of a file of a format that Java knows. */
    static BufferedImage decoded(byte[] file) throws IOException {
        return with(file, reader -> reader.read(0));
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

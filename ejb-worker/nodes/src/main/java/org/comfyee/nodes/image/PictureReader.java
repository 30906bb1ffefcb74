package org.comfyee.nodes.image;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/** Reads picture files as tensors. */
final class PictureReader {
    /** What a picture without transparency has for a mask. */
    private static final int EMPTY_MASK_SIDE = 64;

    private PictureReader() {}

    /**
     * @param pictures {@code [frames, height, width, 3]}, 0 to 1
     * @param mask {@code [frames, height, width]}, 1 where the pictures are transparent
     */
    record Frames(Tensor pictures, Tensor mask) {}

    /** Frames of another size than the first are left out. */
    static Frames read(Path path) throws IOException {
        try (var stream = ImageIO.createImageInputStream(path.toFile())) {
            var reader = reader(stream).orElseThrow(() -> new IOException(
                    path.getFileName() + " is no picture that can be read, expected PNG, JPEG, WebP, GIF, BMP or TIFF"));
            try {
                reader.setInput(stream);
                return frames(reader, path);
            } finally {
                reader.dispose();
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException(path.getFileName() + " is a damaged picture: " + e.getMessage(), e);
        }
    }

    /** The library that writes WebP would also read it, but no animations. */
    private static Optional<ImageReader> reader(ImageInputStream stream) {
        var readers = ImageIO.getImageReaders(stream);
        while (readers.hasNext()) {
            var reader = readers.next();
            if (!(reader.getOriginatingProvider() instanceof WebPImageReaderSpi)) {
                return Optional.of(reader);
            }
        }
        return Optional.empty();
    }

    private static Frames frames(ImageReader reader, Path path) throws IOException {
        var orientation = Orientation.of(path);
        var pictures = new ArrayList<Tensor>();
        var masks = new ArrayList<Optional<Tensor>>();
        BufferedImage first = null;
        for (int i = 0; i < reader.getNumImages(true); i++) {
            var picture = orientation.upright(reader.read(i));
            if (first == null) {
                first = picture;
            }
            if (picture.getWidth() == first.getWidth() && picture.getHeight() == first.getHeight()) {
                pictures.add(colours(picture));
                masks.add(transparency(picture));
            }
        }
        return new Frames(Tensor.cat(pictures, 0), Tensor.cat(sameShape(masks), 0));
    }

    private static List<Tensor> sameShape(List<Optional<Tensor>> masks) {
        boolean any = masks.stream().anyMatch(Optional::isPresent);
        var empty = any
                ? Tensor.zeros(ScalarType.FLOAT32, masks.stream().flatMap(Optional::stream).findFirst().orElseThrow().shape())
                : Tensor.zeros(ScalarType.FLOAT32, 1, EMPTY_MASK_SIDE, EMPTY_MASK_SIDE);
        return masks.stream().map(mask -> mask.orElse(empty)).toList();
    }

    private static Tensor colours(BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        var values = new float[height * width * 3];
        var raster = picture.getRaster();
        int bands = raster.getNumBands();
        boolean indexed = picture.getColorModel() instanceof IndexColorModel;
        boolean wide = raster.getDataBuffer().getDataType() == DataBuffer.TYPE_USHORT;
        int[] row = null;
        for (int y = 0; y < height; y++) {
            row = indexed ? picture.getRGB(0, y, width, 1, row, 0, width) : raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    // Raw samples, since Java would convert grey levels to another gamma.
                    int sample = indexed ? row[x] >> (16 - 8 * c) & 0xff : row[x * bands + (bands < 3 ? 0 : c)];
                    values[(y * width + x) * 3 + c] = (wide ? narrowed(sample, bands) : sample) / 255f;
                }
            }
        }
        return Tensor.of(values, 1, height, width, 3);
    }

    /** 16-bit colours lose their lower byte; 16-bit grey levels are divided by 255 and cut at white. */
    private static int narrowed(int sample, int bands) {
        return bands == 1 ? Math.min(255, sample / 255) : sample >> 8;
    }

    private static Optional<Tensor> transparency(BufferedImage picture) {
        if (!picture.getColorModel().hasAlpha()) {
            return Optional.empty();
        }
        int width = picture.getWidth();
        int height = picture.getHeight();
        var values = new float[height * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                values[y * width + x] = 1 - (picture.getRGB(x, y) >>> 24) / 255f;
            }
        }
        return Optional.of(Tensor.of(values, 1, height, width));
    }
}

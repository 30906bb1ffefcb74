package org.comfyee.nodes.image.reading;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import javax.imageio.ImageReader;
import org.comfyee.torch.Tensor;

/**
 * A decoded picture.
 *
 * @param argb for each pixel, row by row, 8 bits each of alpha, red, green and blue, not multiplied with each other
 * @param transparent whether alpha counts as the picture's transparency
 */
record Picture(int width, int height, int[] argb, boolean transparent) {
    /** What Pillow takes for an attack, too. */
    private static final int MOST_PIXELS = 178_956_970;

    /**
     * One of a file's pictures, whose size is looked at before there is memory for it.
     *
     * @throws IllegalArgumentException if it has more pixels than pictures may have
     */
    static Picture read(ImageReader reader, int index) throws IOException {
        pixels(reader.getWidth(index), reader.getHeight(index));
        return of(reader.read(index));
    }

    private static Picture of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        var argb = new int[width * height];
        if (image.getColorModel() instanceof IndexColorModel) {
            image.getRGB(0, 0, width, height, argb, 0, width);
        } else {
            // Raw samples, since Java would convert grey levels to another gamma.
            var raster = image.getRaster();
            int bands = raster.getNumBands();
            boolean wide = raster.getDataBuffer().getDataType() == DataBuffer.TYPE_USHORT;
            boolean inks = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK;
            var samples = new int[bands];
            int[] row = null;
            for (int y = 0; y < height; y++) {
                row = raster.getPixels(0, y, width, 1, row);
                for (int x = 0; x < width; x++) {
                    for (int band = 0; band < bands; band++) {
                        int sample = row[x * bands + band];
                        samples[band] = wide ? narrowed(sample, bands) : sample;
                    }
                    argb[y * width + x] = inks ? printed(samples) : pixel(samples);
                }
            }
        }
        return new Picture(width, height, argb, image.getColorModel().hasAlpha());
    }

    /**
     * 16-bit colours lose their lower byte. 16-bit grey levels are divided by 255 and cut at white, as ComfyUI's nodes mean them to be and
     * as they are with Pillow before 10.3, so that maps of depth keep their levels; with later ones, which call such pictures something
     * else, ComfyUI misses them, and all but the 256 darkest levels are white there.
     */
    private static int narrowed(int sample, int bands) {
        return bands == 1 ? Math.min(255, sample / 255) : sample >> 8;
    }

    private static int pixel(int[] samples) {
        return switch (samples.length) {
            case 1 -> pixel(255, samples[0], samples[0], samples[0]);
            case 2 -> pixel(samples[1], samples[0], samples[0], samples[0]);
            case 3 -> pixel(255, samples[0], samples[1], samples[2]);
            default -> pixel(samples[3], samples[0], samples[1], samples[2]);
        };
    }

    /** @param inks cyan, magenta, yellow and black */
    private static int printed(int[] inks) {
        int light = 255 - inks[3];
        return pixel(255, left(light, inks[0]), left(light, inks[1]), left(light, inks[2]));
    }

    private static int left(int light, int ink) {
        return light - Math.round(light * ink / 255f);
    }

    /** @throws IllegalArgumentException if there are more than pictures may have */
    static int pixels(int width, int height) {
        long pixels = (long) width * height;
        if (pixels < 1 || pixels > MOST_PIXELS) {
            throw new IllegalArgumentException("it has " + width + " x " + height + " pixels, expected up to " + MOST_PIXELS);
        }
        return (int) pixels;
    }

    static int pixel(int alpha, int red, int green, int blue) {
        return alpha << 24 | red << 16 | green << 8 | blue;
    }

    Picture opaque() {
        return new Picture(width, height, argb, false);
    }

    /** @return {@code [1, height, width, 3]}, 0 to 1 */
    Tensor colours() {
        var values = new float[argb.length * 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = (argb[i / 3] >> (16 - 8 * (i % 3)) & 0xff) / 255f;
        }
        return Tensor.of(values, 1, height, width, 3);
    }

    /** @return {@code [1, height, width]}, 1 where the picture is transparent */
    Tensor mask() {
        var values = new float[argb.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 - (argb[i] >>> 24) / 255f;
        }
        return Tensor.of(values, 1, height, width);
    }
}

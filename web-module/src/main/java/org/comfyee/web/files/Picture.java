package org.comfyee.web.files;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferInt;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataFormatImpl;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.comfyee.nodes.image.Pictures;
import org.comfyee.nodes.image.RiffChunk;
import org.comfyee.nodes.image.WebP;
import org.w3c.dom.Element;

/**
 * A decoded picture and what a client may ask to be made of it.
 *
 * @param image with 8 bits each of alpha, red, green and blue, not multiplied with each other
 * @param hasAlpha whether the file had transparency; otherwise all of the picture is opaque
 * @param texts the text chunks of a PNG, by keyword
 */
public record Picture(BufferedImage image, boolean hasAlpha, Map<String, String> texts) {
    /** Pixels; a picture takes four bytes for each, some formats a multiple of that while they are read. */
    private static final long LARGEST = 1L << 27;
    private static final int PNG_COMPRESSION = 6;
    private static final int WEBP_METHOD = 4;

    /** @throws UnreadablePictureException if it is none, is damaged or has more than 2^27 pixels */
    public static Picture read(Path file) throws IOException {
        try (var stream = Files.newInputStream(file)) {
            return read(stream, file.getFileName().toString());
        }
    }

    /** @param name tells the picture in messages */
    public static Picture read(InputStream content, String name) throws IOException {
        var file = WebP.first(content.readAllBytes());
        try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            var reader = reader(file, stream).orElseThrow(() -> new UnreadablePictureException(
                    name + " is no picture that can be read, expected PNG, JPEG, WebP, GIF, BMP or TIFF", null));
            try {
                reader.setInput(stream);
                return decode(reader, name);
            } catch (UnreadablePictureException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                throw new UnreadablePictureException(name + " is a damaged picture, or of a kind that cannot be read: " + e.getMessage(), e);
            } finally {
                reader.dispose();
            }
        }
    }

    private static Optional<ImageReader> reader(byte[] file, ImageInputStream stream) {
        if (RiffChunk.isWebP(file)) {
            return Optional.of(WebP.reader());
        }
        var readers = ImageIO.getImageReaders(stream);
        return readers.hasNext() ? Optional.of(readers.next()) : Optional.empty();
    }

    private static Picture decode(ImageReader reader, String name) throws IOException {
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > LARGEST) {
            throw new UnreadablePictureException(name + " has " + pixels + " pixels, expected at most " + LARGEST, null);
        }
        var source = reader.read(0);
        boolean alpha = source.getColorModel().hasAlpha();
        var image = new BufferedImage(source.getWidth(), source.getHeight(), BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < source.getHeight(); y++) {
            image.setRGB(0, y, source.getWidth(), 1, row(source, y), 0, source.getWidth());
        }
        return new Picture(image, alpha, reader.getFormatName().equalsIgnoreCase("png") ? texts(reader.getImageMetadata(0)) : Map.of());
    }

    private static int[] row(BufferedImage source, int y) {
        int width = source.getWidth();
        var row = source.getRGB(0, y, width, 1, null, 0, width);
        var raster = source.getRaster();
        if (raster.getNumBands() > 2 || source.getColorModel() instanceof IndexColorModel) {
            return row;
        }
        // Grey levels as they are: Java would give them another gamma. PIL cuts those of 16 bits at white, which ComfyUI's server does
        // nothing about, other than its nodes; beside transparency, they lose their lower byte.
        var levels = raster.getSamples(0, y, width, 1, 0, (int[]) null);
        boolean wide = raster.getDataBuffer().getDataType() == DataBuffer.TYPE_USHORT;
        boolean alone = raster.getNumBands() == 1;
        int greatest = (1 << source.getColorModel().getComponentSize(0)) - 1;
        for (int x = 0; x < width; x++) {
            int level = !wide ? levels[x] * 255 / greatest : alone ? Math.min(255, levels[x]) : levels[x] >> 8;
            row[x] = row[x] & 0xff000000 | level << 16 | level << 8 | level;
        }
        return row;
    }

    private static Map<String, String> texts(IIOMetadata metadata) {
        var texts = new LinkedHashMap<String, String>();
        var root = (Element) metadata.getAsTree(IIOMetadataFormatImpl.standardMetadataFormatName);
        var entries = root.getElementsByTagName("TextEntry");
        for (int i = 0; i < entries.getLength(); i++) {
            var entry = (Element) entries.item(i);
            texts.put(entry.getAttribute("keyword"), entry.getAttribute("value"));
        }
        return texts;
    }

    private int[] pixels() {
        return ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    }

    private Picture with(BufferedImage other, boolean alpha) {
        return new Picture(other, alpha, texts);
    }

    /** The colours as they are, with nothing transparent. */
    public Picture opaque() {
        var plain = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        var pixels = pixels();
        var target = ((DataBufferInt) plain.getRaster().getDataBuffer()).getData();
        for (int i = 0; i < pixels.length; i++) {
            target[i] = pixels[i] & 0xffffff;
        }
        return with(plain, false);
    }

    /** Black with this picture's alpha. */
    public Picture alphaOnly() {
        var mask = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
        var pixels = pixels();
        var target = ((DataBufferInt) mask.getRaster().getDataBuffer()).getData();
        for (int i = 0; i < pixels.length; i++) {
            target[i] = pixels[i] & 0xff000000;
        }
        return with(mask, true);
    }

    /**
     * This picture's colours with the alpha of another.
     *
     * @throws UnreadablePictureException if they differ in size
     */
    public Picture withAlphaOf(Picture mask) throws UnreadablePictureException {
        if (mask.image.getWidth() != image.getWidth() || mask.image.getHeight() != image.getHeight()) {
            throw new UnreadablePictureException("the mask is of %dx%d pixels, expected %dx%d as its picture".formatted(
                    mask.image.getWidth(), mask.image.getHeight(), image.getWidth(), image.getHeight()), null);
        }
        var merged = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
        var colours = pixels();
        var alpha = mask.pixels();
        var target = ((DataBufferInt) merged.getRaster().getDataBuffer()).getData();
        for (int i = 0; i < colours.length; i++) {
            target[i] = colours[i] & 0xffffff | alpha[i] & 0xff000000;
        }
        return with(merged, true);
    }

    public byte[] png() {
        return Pictures.png(image, PNG_COMPRESSION);
    }

    /** @param quality 1 to 100 */
    public byte[] jpeg(int quality) {
        return Pictures.jpeg(opaque().image, quality / 100f);
    }

    /** @param quality 1 to 100 */
    public byte[] webp(int quality) throws IOException {
        return WebP.encode(hasAlpha ? image : opaque().image, WebP.Compression.LOSSY, quality, WEBP_METHOD);
    }

    /** Reads a picture of these bytes. */
    public static Picture of(byte[] content, String name) throws IOException {
        return read(new ByteArrayInputStream(content), name);
    }
}

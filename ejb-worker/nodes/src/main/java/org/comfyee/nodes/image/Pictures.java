package org.comfyee.nodes.image;

import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.metadata.IIOInvalidTreeException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Pictures as files. */
public final class Pictures {
    private Pictures() {}

    /**
     * @param image {@code [height, width, 3 or 4]}, 0 to 1; rounded down to 8 bits
     */
    public static BufferedImage of(Tensor image) {
        int height = (int) image.size(0);
        int width = (int) image.size(1);
        int channels = (int) image.size(2);
        if (channels != 3 && channels != 4) {
            throw new IllegalArgumentException("the picture has " + channels + " channels, expected 3 or 4");
        }
        var picture = new BufferedImage(width, height, channels == 4 ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
        try (var _ = new TensorScope()) {
            var bytes = image.mul(255).clamp(0, 255).to(ScalarType.UINT8).contiguous().data();
            var row = new int[width];
            long at = 0;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++, at += channels) {
                    int alpha = channels == 4 ? bytes.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at + 3) & 0xff : 0xff;
                    row[x] = alpha << 24 | level(bytes, at) << 16 | level(bytes, at + 1) << 8 | level(bytes, at + 2);
                }
                picture.setRGB(0, y, width, 1, row, 0, width);
            }
        }
        return picture;
    }

    private static int level(java.lang.foreign.MemorySegment bytes, long at) {
        return bytes.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    /**
     * Writes a PNG.
     *
     * @param compression 0 (fast) to 9 (small)
     * @param texts text chunks by keyword
     */
    public static void writePng(Path path, BufferedImage picture, int compression, Map<String, String> texts) throws IOException {
        // The encoder writes single bytes, each of which would go to the operating system on its own.
        try (var file = Files.newOutputStream(path); var out = new MemoryCacheImageOutputStream(file)) {
            encode(out, "png", picture, 1 - compression / 9f, texts);
        }
    }

    /** @param quality 0 to 1 */
    public static byte[] jpeg(BufferedImage picture, float quality) {
        return encoded("jpeg", picture, quality);
    }

    /** @param compression 0 (fast) to 9 (small) */
    public static byte[] png(BufferedImage picture, int compression) {
        return encoded("png", picture, 1 - compression / 9f);
    }

    private static byte[] encoded(String format, BufferedImage picture, float quality) {
        var bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            encode(out, format, picture, quality, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void encode(ImageOutputStream out, String format, BufferedImage picture, float quality, Map<String, String> texts)
            throws IOException {
        var writer = ImageIO.getImageWritersByFormatName(format).next();
        try {
            var parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(quality);
            var metadata = writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(picture), parameters);
            if (!texts.isEmpty()) {
                addTexts(metadata, texts);
            }
            writer.setOutput(out);
            writer.write(metadata, new IIOImage(picture, null, metadata), parameters);
        } finally {
            writer.dispose();
        }
    }

    private static void addTexts(IIOMetadata metadata, Map<String, String> texts) throws IIOInvalidTreeException {
        var plain = new IIOMetadataNode("tEXt");
        var international = new IIOMetadataNode("iTXt");
        texts.forEach((keyword, value) -> {
            boolean latin = StandardCharsets.ISO_8859_1.newEncoder().canEncode(value);
            var entry = new IIOMetadataNode(latin ? "tEXtEntry" : "iTXtEntry");
            entry.setAttribute("keyword", keyword);
            entry.setAttribute(latin ? "value" : "text", value);
            if (!latin) {
                entry.setAttribute("compressionFlag", "FALSE");
                entry.setAttribute("compressionMethod", "0");
                entry.setAttribute("languageTag", "");
                entry.setAttribute("translatedKeyword", "");
            }
            (latin ? plain : international).appendChild(entry);
        });
        var root = new IIOMetadataNode("javax_imageio_png_1.0");
        for (var chunks : List.of(plain, international)) {
            if (chunks.hasChildNodes()) {
                root.appendChild(chunks);
            }
        }
        metadata.mergeTree("javax_imageio_png_1.0", root);
    }

    /** Scales a picture, up or down, so that its longer side has a number of pixels. */
    public static BufferedImage fitted(BufferedImage picture, int longerSide) {
        double scale = (double) longerSide / Math.max(picture.getWidth(), picture.getHeight());
        int width = Math.max(1, (int) (picture.getWidth() * scale));
        int height = Math.max(1, (int) (picture.getHeight() * scale));
        var scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var graphics = scaled.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(picture, 0, 0, width, height, null);
        graphics.dispose();
        return scaled;
    }
}

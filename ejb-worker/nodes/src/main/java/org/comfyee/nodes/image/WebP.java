package org.comfyee.nodes.image;

import com.luciad.imageio.webp.CompressionType;
import com.luciad.imageio.webp.WebPImageWriterSpi;
import com.luciad.imageio.webp.WebPWriteParam;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;

/** Pictures as WebP files. */
public final class WebP {
    private WebP() {}

    /** How a picture is compressed. */
    public enum Compression { LOSSY, LOSSLESS }

    /**
     * @param quality 0 to 100; of a lossless picture: how much effort is spent
     * @param method 0 (fast) to 6 (small)
     */
    public static byte[] encode(BufferedImage picture, Compression compression, int quality, int method) throws IOException {
        var writer = new WebPImageWriterSpi().createWriterInstance(null);
        var bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            var parameters = new WebPWriteParam(Locale.ROOT);
            parameters.setCompressionType(compression == Compression.LOSSY ? CompressionType.Lossy : CompressionType.Lossless);
            parameters.setCompressionQuality(quality / 100f);
            parameters.setMethod(method);
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}

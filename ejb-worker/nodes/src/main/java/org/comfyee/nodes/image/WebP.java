package org.comfyee.nodes.image;

import com.luciad.imageio.webp.CompressionType;
import com.luciad.imageio.webp.WebPImageReaderSpi;
import com.luciad.imageio.webp.WebPImageWriterSpi;
import com.luciad.imageio.webp.WebPWriteParam;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** Pictures as WebP files. */
public final class WebP {
    /** The kind of the chunks that hold an animation's pictures. */
    public static final String FRAME = "ANMF";
    private static final int FRAME_HEADER = 16;
    private static final byte ALPHA = 0x10;

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

    /** Reads still pictures; the library that the format comes from does it. */
    public static ImageReader reader() {
        return new WebPImageReaderSpi().createReaderInstance(null);
    }

    /**
     * A file of the first picture alone of an animation; other files as they are.
     *
     * @param file a WebP file or another
     */
    public static byte[] first(byte[] file) {
        return RiffChunk.isWebP(file)
                ? RiffChunk.read(file).stream().filter(chunk -> chunk.type().equals(FRAME)).findFirst().map(chunk -> picture(chunk.data())).orElse(file)
                : file;
    }

    /**
     * A file of one picture of an animation.
     *
     * @param frame what a chunk of the kind {@link #FRAME} holds
     */
    public static byte[] picture(byte[] frame) {
        var parts = RiffChunk.read(frame, FRAME_HEADER);
        var chunks = new ArrayList<RiffChunk>();
        if (parts.stream().anyMatch(chunk -> chunk.type().equals("ALPH"))) {
            var features = RiffChunk.little(new byte[10]).put(0, ALPHA).put(4, frame, 6, 6);
            chunks.add(new RiffChunk("VP8X", features.array()));
        }
        chunks.addAll(parts);
        return RiffChunk.write(chunks);
    }
}

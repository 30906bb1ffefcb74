package org.comfyee.web.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.comfyee.nodes.image.Pictures;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureTest {
    /** Drawn for the nodes that read pictures. */
    private static final Path PICTURES = Path.of("../ejb-worker/nodes/src/test/resources/pictures");

    @TempDir
    private Path directory;

    private Path png(String name, int type, int argb, Map<String, String> texts) throws IOException {
        var image = new BufferedImage(8, 4, type);
        for (int x = 0; x < 8; x++) {
            for (int y = 0; y < 4; y++) {
                image.setRGB(x, y, argb);
            }
        }
        var file = directory.resolve(name);
        Pictures.writePng(file, image, 4, texts);
        return file;
    }

    @Test
    void aMaskReplacesAlphaAndTextsStay() throws IOException {
        var texts = Map.of("prompt", "{\"1\": 2}", "note", "größer", "japanese", "写真");
        var original = Picture.read(png("a.png", BufferedImage.TYPE_INT_RGB, 0xff102030, texts));
        var mask = Picture.read(png("m.png", BufferedImage.TYPE_INT_ARGB, 0x40ffffff, Map.of()));
        var merged = original.withAlphaOf(mask);
        assertEquals(0x40102030, merged.image().getRGB(3, 2));
        assertEquals(texts, merged.texts());
        var file = directory.resolve("merged.png");
        Pictures.writePng(file, merged.image(), 4, merged.texts());
        assertEquals(texts, Picture.read(file).texts());
    }

    @Test
    void aMaskOfAnotherSizeIsRefused() throws IOException {
        var original = Picture.read(png("a.png", BufferedImage.TYPE_INT_RGB, 0, Map.of()));
        var mask = new Picture(new BufferedImage(4, 4, BufferedImage.TYPE_INT_ARGB), true, Map.of());
        assertTrue(assertThrows(UnreadablePictureException.class, () -> original.withAlphaOf(mask)).getMessage().contains("4x4"));
    }

    @Test
    void alphaIsDroppedNotBlended() throws IOException {
        var picture = Picture.read(png("a.png", BufferedImage.TYPE_INT_ARGB, 0x01aabbcc, Map.of()));
        assertEquals(0xffaabbcc, Picture.of(picture.opaque().png(), "rgb").image().getRGB(0, 0));
        assertEquals(0x01000000, Picture.of(picture.alphaOnly().png(), "a").image().getRGB(0, 0));
    }

    @Test
    void greyLevelsStayAsTheyAre() throws IOException {
        var image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(0, 0, 0, 100);
        assertEquals(0xff646464, Picture.of(Pictures.png(image, 1), "grey").image().getRGB(0, 0));
    }

    @Test
    void wideGreyLevelsAreCutAtWhiteAndBesideTransparencyLoseTheirLowerByte() throws IOException {
        assertEquals(0xff7b7b7b, Picture.of(wideGrey(123), "grey").image().getRGB(0, 0));
        assertEquals(0xffffffff, Picture.of(wideGrey(0x1234), "grey").image().getRGB(0, 0));
        assertEquals(0x80121212, Picture.of(wideGrey(0x1234, 0x8080), "grey with alpha").image().getRGB(0, 0));
    }

    private static byte[] wideGrey(int... samples) throws IOException {
        boolean alpha = samples.length > 1;
        var model = new ComponentColorModel(ColorSpace.getInstance(ColorSpace.CS_GRAY), alpha, false,
                alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE, DataBuffer.TYPE_USHORT);
        var raster = model.createCompatibleWritableRaster(1, 1);
        raster.setPixel(0, 0, samples);
        var png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(model, raster, false, null), "png", png);
        return png.toByteArray();
    }

    @Test
    void webpKeepsColoursAndAlpha() throws IOException {
        var picture = Picture.read(png("a.png", BufferedImage.TYPE_INT_ARGB, 0x80c06020, Map.of()));
        var read = Picture.of(picture.webp(90), "webp");
        assertTrue(read.hasAlpha());
        int pixel = read.image().getRGB(4, 2);
        assertEquals(0x80, pixel >>> 24);
        assertTrue(Math.abs((pixel >> 16 & 0xff) - 0xc0) < 12, Integer.toHexString(pixel));
        assertFalse(Picture.of(picture.opaque().webp(50), "webp").hasAlpha());
    }

    @Test
    void lossyWebpHasTheColoursOfTheFormatsOwnLibrary() throws Exception {
        var read = Picture.read(PICTURES.resolve("lossy.webp")).image();
        var colours = new ByteArrayOutputStream();
        for (int i = 0; i < read.getWidth() * read.getHeight(); i++) {
            int pixel = read.getRGB(i % read.getWidth(), i / read.getWidth());
            colours.write(pixel >> 16);
            colours.write(pixel >> 8);
            colours.write(pixel);
        }
        // What Pillow 12.3 reads.
        assertEquals("a6a0691b33fe7c6d", HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(colours.toByteArray()), 0, 8));
    }

    @Test
    void ofAnimationsTheFirstPictureIsShown() throws IOException {
        for (var name : List.of("film.webp", "film.gif", "film.png")) {
            assertTrue(Picture.read(PICTURES.resolve(name)).image().getWidth() > 1, name);
        }
    }

    @Test
    void qualityCosts() throws IOException {
        var image = new BufferedImage(128, 128, BufferedImage.TYPE_INT_ARGB);
        var random = new java.util.Random(5);
        for (int i = 0; i < 128 * 128; i++) {
            image.setRGB(i % 128, i / 128, 0xff000000 | random.nextInt(1 << 24));
        }
        var picture = new Picture(image, false, Map.of());
        assertTrue(picture.webp(20).length < picture.webp(95).length);
        assertTrue(picture.jpeg(20).length < picture.jpeg(95).length);
    }

    @Test
    void damagedPicturesAreRefusedByName() throws IOException {
        var file = Files.writeString(directory.resolve("x.png"), "no picture");
        assertTrue(assertThrows(UnreadablePictureException.class, () -> Picture.read(file)).getMessage().contains("x.png"));
        var whole = Files.readAllBytes(png("a.png", BufferedImage.TYPE_INT_RGB, 0, Map.of()));
        var half = Files.write(directory.resolve("h.png"), java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThrows(UnreadablePictureException.class, () -> Picture.read(half));
    }

    @Test
    void aHugePictureIsNotRead() throws IOException {
        // The size in the header of a PNG is all that is read of it.
        var bytes = Files.readAllBytes(png("a.png", BufferedImage.TYPE_INT_RGB, 0, Map.of()));
        ByteBuffer.wrap(bytes).putInt(16, 100_000).putInt(20, 100_000);
        var crc = new java.util.zip.CRC32();
        crc.update(bytes, 12, 17);
        ByteBuffer.wrap(bytes).putInt(29, (int) crc.getValue());
        assertTrue(assertThrows(UnreadablePictureException.class, () -> Picture.of(bytes, "bomb")).getMessage().contains("10000000000 pixels"));
    }

    private Path model(String name, Map<String, Object> metadata) throws IOException {
        var header = Json.write(Map.of("__metadata__", metadata)).getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).array();
        return Files.write(directory.resolve(name), bytes);
    }

    @Test
    void aModelsPreviewLiesBesideItOrInIt() throws IOException {
        var cover = Base64.getEncoder().encodeToString(Files.readAllBytes(png("cover.png", BufferedImage.TYPE_INT_RGB, 0xff010203, Map.of())));
        var model = model("m.safetensors", Map.of("ssmd_cover_images", Json.write(List.of(cover))));
        assertEquals(0xff010203, ModelPreview.find(model).orElseThrow().image().getRGB(0, 0));
        png("m.preview.png", BufferedImage.TYPE_INT_RGB, 0xff040506, Map.of());
        assertEquals(0xff040506, ModelPreview.find(model).orElseThrow().image().getRGB(0, 0));
        png("m.other.png", BufferedImage.TYPE_INT_RGB, 0, Map.of());
        png("mm.png", BufferedImage.TYPE_INT_RGB, 0, Map.of());
        assertTrue(ModelPreview.find(directory.resolve("m.other.safetensors.pt")).isEmpty());
        assertTrue(ModelPreview.find(model("n.safetensors", Map.of("ssmd_cover_images", "[\"!\"]"))).isEmpty());
    }

    @Test
    void metadataIsReadUpToALimit() throws IOException {
        var model = model("m.safetensors", Map.of("a", "b"));
        assertEquals(Map.of("a", "b"), SafetensorsMetadata.read(model, 1000).orElseThrow());
        assertTrue(SafetensorsMetadata.read(model, 10).isEmpty());
        assertTrue(SafetensorsMetadata.read(Files.writeString(directory.resolve("x"), "short"), 10).isEmpty());
    }
}

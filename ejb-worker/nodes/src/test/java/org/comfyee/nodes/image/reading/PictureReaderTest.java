package org.comfyee.nodes.image.reading;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of many kinds; what is in them is what Pillow 12.3 reads from them. */
class PictureReaderTest {
    private static final Path PICTURES = Path.of("src/test/resources/pictures");

    @TempDir
    private Path directory;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    /** @param mask none for pictures without transparency */
    @ParameterizedTest
    @CsvSource({
        "alpha-16.png, 1, 82691a50ff1e4003, d33ac034ce205212",
        "bits.png, 1, 54d8f6335e8649a0, none",
        "colour-key.png, 1, cae7d13b1cd4b535, none",
        "colours-16.png, 1, 36f7dfb0620e7f6a, none",
        "film-alpha.gif, 3, 4869e1be38d3cf00, 6f6a3e5c4e6be7af",
        "film-apart.png, 3, 70d1a5cd1b0c234b, 224da05c6f428281",
        "film-half.png, 3, e95828242e2bbedc, f78527c06456fa0f",
        "film-half.webp, 3, 3ea464baa04bde5a, 20c4d93a025b4c2f",
        "film-palette.png, 5, d87b52155de63334, none",
        "film.gif, 4, 0a9bc15411ca6f1f, none",
        "film.png, 5, e1e7d540be14db2d, 6d68fe3ed06d3849",
        "film.webp, 5, df2089c940abd16a, 6d68fe3ed06d3849",
        "grey-4.png, 1, 75d0fd4f80ea4aaa, none",
        "grey-alpha-16.png, 1, 71e375cc067f4c10, 6f79fef717b10a54",
        "grey-key.png, 1, daa904875618aa7b, none",
        "inks.jpg, 1, 1bd6c6f976e7680b, none",
        "interlaced.gif, 1, dfb1d3b362e8ea42, none",
        "lossy-alpha.webp, 1, 53f6ceae687f8997, 451eb9217793c931",
        "lossy.webp, 1, a6a0691b33fe7c6d, none",
        "mirrored.png, 1, e4ab06a810647fe2, none",
        "pages.tiff, 2, abf0f84834743f55, none",
        "palette-alpha.png, 1, f4a4992fdd616053, 96dff93f68d219f3",
        "palette.bmp, 1, f4a4992fdd616053, none",
        "restored.gif, 5, e2299660dc6f4858, none",
        "turned-grey.jpg, 1, 22f4bc7efa5212c3, none",
        "two-eyes.jpg, 1, 4a54000749314496, none"})
    void picturesAreReadAsPillowReadsThem(String name, int frames, String colours, String mask) throws Exception {
        try (var _ = new TensorScope()) {
            var read = PictureReader.read(PICTURES.resolve(name));
            assertEquals(frames, read.pictures().size(0));
            assertEquals(colours, digest(read.pictures()));
            if (mask.equals("none")) {
                assertArrayEquals(new long[] {frames, 64, 64}, read.mask().shape());
                assertEquals(0, read.mask().max().item());
            } else {
                assertEquals(mask, digest(read.mask()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "colour-key.png, 67e130343f85d15d, 28587a350a2a9c7f", "grey-key.png, fd56f874bf3ae655, d0d0f8ec731f2b45",
        "palette-alpha.png, 96dff93f68d219f3, 970346782cece902", "film-alpha.gif, cade966a2981074a, 0d5535e13cc9708d",
        "inks.jpg, 2f7eaacf490839d9, 08d1df1c54e1e0a5", "alpha-16.png, d33ac034ce205212, 81ed676d64753d06"})
    void firstPicturesHaveAMaskOfTheirSize(String name, String mask, String green) throws Exception {
        try (var _ = new TensorScope()) {
            var first = PictureReader.first(PICTURES.resolve(name));
            assertEquals(mask, digest(first.mask()));
            assertEquals(green, digest(first.pictures().select(3, 1)));
        }
    }

    private static String digest(Tensor values) throws Exception {
        var levels = values.mul(255).round().contiguous().toFloats();
        var bytes = new byte[levels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) levels[i];
        }
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
    }

    @Test
    void filmsThatAreCutOffShowWhatThereIs() throws IOException {
        var film = Files.readAllBytes(PICTURES.resolve("film.gif"));
        var start = Files.write(directory.resolve("start.gif"), Arrays.copyOf(film, film.length * 2 / 3));
        try (var _ = new TensorScope()) {
            long frames = PictureReader.read(start).pictures().size(0);
            assertTrue(frames > 0 && frames < 4, () -> frames + " frames");
        }
    }

    @ParameterizedTest
    @CsvSource({"film.gif, 40", "film.png, 60", "film.webp, 60", "two-eyes.jpg, 20"})
    void damagedPicturesAreRefusedByTheirName(String name, int length) throws IOException {
        var start = Files.write(directory.resolve(name), Arrays.copyOf(Files.readAllBytes(PICTURES.resolve(name)), length));
        var refusal = assertThrows(IOException.class, () -> PictureReader.read(start));
        assertTrue(refusal.getMessage().startsWith(name + " is a damaged picture"), refusal.getMessage());
    }

    @Test
    void filesWithoutAPictureAreRefused() throws IOException {
        var film = Files.readAllBytes(PICTURES.resolve("film.gif"));
        // A header without a palette, and the end.
        var start = Arrays.copyOf(film, 14);
        start[10] = 0;
        start[13] = 0x3b;
        var empty = Files.write(directory.resolve("empty.gif"), start);
        var refusal = assertThrows(IOException.class, () -> PictureReader.read(empty));
        assertTrue(refusal.getMessage().contains("nothing is in it"), refusal.getMessage());
    }

    @Test
    void picturesOfEnormousSizeAreRefused() throws IOException {
        var film = Files.readAllBytes(PICTURES.resolve("film.gif"));
        Arrays.fill(film, 6, 10, (byte) 0xff);
        var enormous = Files.write(directory.resolve("enormous.gif"), film);
        var refusal = assertThrows(IOException.class, () -> PictureReader.read(enormous));
        assertTrue(refusal.getMessage().contains("65535 x 65535"), refusal.getMessage());
    }

    @Test
    void enormousPicturesAreRefusedBeforeTheyAreDecoded() throws IOException {
        var picture = Files.readAllBytes(PICTURES.resolve("palette.bmp"));
        ByteBuffer.wrap(picture).order(ByteOrder.LITTLE_ENDIAN).putInt(18, 30_000).putInt(22, 30_000);
        var enormous = Files.write(directory.resolve("enormous.bmp"), picture);
        var refusal = assertThrows(IOException.class, () -> PictureReader.read(enormous));
        assertTrue(refusal.getMessage().contains("30000 x 30000"), refusal.getMessage());
    }

    @Test
    void whatFollowsTheEndOfAFilmIsNoneOfIt() throws Exception {
        var film = Files.readAllBytes(PICTURES.resolve("film.png"));
        var longer = Files.write(directory.resolve("longer.png"), Arrays.copyOf(film, film.length + 5));
        try (var _ = new TensorScope()) {
            assertEquals("e1e7d540be14db2d", digest(PictureReader.read(longer).pictures()));
        }
    }

    @Test
    void filesOfOtherKindsAreRefused() throws IOException {
        var text = Files.writeString(directory.resolve("text.png"), "no picture at all");
        var refusal = assertThrows(IOException.class, () -> PictureReader.read(text));
        assertTrue(refusal.getMessage().startsWith("text.png is no picture that can be read"), refusal.getMessage());
    }
}

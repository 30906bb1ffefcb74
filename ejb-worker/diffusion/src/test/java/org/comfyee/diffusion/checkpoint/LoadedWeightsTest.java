package org.comfyee.diffusion.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedWeightsTest {
    @TempDir
    private static Path directory;

    private static Checkpoint checkpoint;

    @BeforeAll
    static void load() throws Exception {
        Torch.loadConfigured();
        var file = directory.resolve("tiny.safetensors");
        SyntheticCheckpoint.write(file, SyntheticCheckpoint.Layout.TINY_SD15);
        checkpoint = CheckpointLoader.load(file);
    }

    @BeforeEach
    @AfterEach
    void nothingLoaded() {
        LoadedWeights.limit(Long.MAX_VALUE, LoadedWeights.USUAL_RESERVE);
        LoadedWeights.unload();
    }

    private static float[] decode() {
        LoadedWeights.nextRound();
        try (var _ = new TensorScope()) {
            return checkpoint.vae().decode(Expected.wave(0.7, 1, 4, 4, 4)).toFloats();
        }
    }

    private static float[] encode() {
        LoadedWeights.nextRound();
        try (var _ = new TensorScope()) {
            return checkpoint.vae().encode(Expected.wave(0.11, 1, 32, 32, 3)).toFloats();
        }
    }

    @Test
    void weightsAreKeptUntilTheyAreUnloadedAndReadAgainAfterwards() {
        var first = decode();
        long kept = LoadedWeights.bytes();
        assertNotEquals(0, kept);
        assertArrayEquals(first, decode());
        assertEquals(kept, LoadedWeights.bytes());
        LoadedWeights.unload();
        assertEquals(0, LoadedWeights.bytes());
        assertArrayEquals(first, decode());
        assertEquals(kept, LoadedWeights.bytes());
    }

    @Test
    void withoutRoomWeightsAreReadAtEachUse() {
        var expected = decode();
        LoadedWeights.limit(0, 0);
        assertEquals(0, LoadedWeights.bytes());
        assertArrayEquals(expected, decode(), 1e-5f);
        assertEquals(0, LoadedWeights.bytes());
    }

    @Test
    void whatWasNotUsedForTheLongestTimeMakesRoom() {
        encode();
        long encoder = LoadedWeights.bytes();
        decode();
        long both = LoadedWeights.bytes();
        long decoder = both - encoder;
        assertTrue(decoder > 0);
        LoadedWeights.unload();
        LoadedWeights.limit(both - 1, 0);
        encode();
        decode();
        assertEquals(decoder, LoadedWeights.bytes());
        encode();
        assertEquals(encoder, LoadedWeights.bytes());
    }
}

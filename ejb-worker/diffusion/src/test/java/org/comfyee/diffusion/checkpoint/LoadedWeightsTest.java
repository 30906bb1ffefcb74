package org.comfyee.diffusion.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedWeightsTest {
    private static final LoadedWeights HERE = LoadedWeights.on(Device.CPU);

    @TempDir
    private static Path directory;

    private static Path file;
    private static Checkpoint checkpoint;

    @BeforeAll
    static void load() throws Exception {
        Torch.loadConfigured();
        file = directory.resolve("tiny.safetensors");
        SyntheticCheckpoint.write(file, SyntheticCheckpoint.Layout.TINY_SD15);
        checkpoint = CheckpointLoader.load(file);
    }

    @BeforeEach
    @AfterEach
    void nothingLoaded() {
        Stream.of(Device.CPU, Device.STAND_IN, Device.standIn(1)).map(LoadedWeights::on).forEach(weights -> {
            weights.limit(Long.MAX_VALUE, LoadedWeights.USUAL_RESERVE);
            weights.unload();
        });
    }

    private static float[] decode() {
        return decode(checkpoint);
    }

    private static float[] decode(Checkpoint of) {
        return LoadedWeights.inRound(() -> {
            try (var _ = new TensorScope()) {
                return of.vae().decode(Expected.wave(0.7, 1, 4, 4, 4)).toFloats();
            }
        });
    }

    private static float[] encode() {
        return LoadedWeights.inRound(() -> encodeInRound(checkpoint));
    }

    private static float[] encodeInRound(Checkpoint of) {
        try (var _ = new TensorScope()) {
            return of.vae().encode(Expected.wave(0.11, 1, 32, 32, 3)).toFloats();
        }
    }

    private static Checkpoint on(Device device) throws IOException {
        return Placements.onOne(device, Optional.empty(), Optional.of(ScalarType.FLOAT32)).call(() -> CheckpointLoader.load(file));
    }

    @Test
    void weightsAreKeptUntilTheyAreUnloadedAndReadAgainAfterwards() {
        var first = decode();
        long kept = HERE.bytes();
        assertNotEquals(0, kept);
        assertArrayEquals(first, decode());
        assertEquals(kept, HERE.bytes());
        HERE.unload();
        assertEquals(0, HERE.bytes());
        assertArrayEquals(first, decode());
        assertEquals(kept, HERE.bytes());
    }

    @Test
    void withoutRoomWeightsAreReadAtEachUse() {
        var expected = decode();
        HERE.limit(0, 0);
        assertEquals(0, HERE.bytes());
        assertArrayEquals(expected, decode(), 1e-5f);
        assertEquals(0, HERE.bytes());
    }

    @Test
    void whatWasNotUsedForTheLongestTimeMakesRoom() {
        encode();
        long encoder = HERE.bytes();
        decode();
        long both = HERE.bytes();
        long decoder = both - encoder;
        assertTrue(decoder > 0);
        HERE.unload();
        HERE.limit(both - 1, 0);
        encode();
        decode();
        assertEquals(decoder, HERE.bytes());
        encode();
        assertEquals(encoder, HERE.bytes());
    }

    @Test
    void eachDeviceHasWeightsAndALimitOfItsOwn() throws IOException {
        var first = LoadedWeights.on(Device.STAND_IN);
        var second = LoadedWeights.on(Device.standIn(1));
        var there = on(Device.STAND_IN);
        var beyond = on(Device.standIn(1));
        var expected = decode(there);
        assertArrayEquals(expected, decode(beyond));
        long kept = first.bytes();
        assertTrue(kept > 0);
        assertEquals(kept, second.bytes());
        assertEquals(0, HERE.bytes());
        first.unload();
        assertEquals(0, first.bytes());
        assertEquals(kept, second.bytes());
        first.limit(kept - 1, 0);
        decode(there);
        assertTrue(first.bytes() < kept);
        assertEquals(kept, second.bytes());
        assertArrayEquals(expected, decode(beyond));
    }

    @Test
    void whatAnotherPieceOfWorkStillUsesIsNotDropped() throws Exception {
        encode();
        long encoder = HERE.bytes();
        HERE.limit(encoder, 0);
        try (var elsewhere = Executors.newSingleThreadExecutor()) {
            LoadedWeights.<Void, Exception>inRound(() -> {
                encodeInRound(checkpoint);
                elsewhere.submit(() -> decode()).get();
                assertEquals(encoder, HERE.bytes());
                return null;
            });
        }
        decode();
        assertNotEquals(encoder, HERE.bytes());
    }
}

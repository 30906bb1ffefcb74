package org.comfyee.diffusion.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.WeightFiles;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.TorchException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlacementsTest {
    @TempDir
    private static Path directory;

    private static Path file;

    @BeforeAll
    static void write() throws IOException {
        Torch.loadConfigured();
        file = directory.resolve("tiny.safetensors");
        SyntheticCheckpoint.write(file, SyntheticCheckpoint.Layout.TINY_SD15);
    }

    private record Results(float[] denoised, float[] pictures, float[] latents, float[] text) {}

    private static Results compute(Placements placements) throws IOException {
        return placements.call(PlacementsTest::compute);
    }

    private static Results compute() throws IOException {
        var checkpoint = CheckpointLoader.load(file);
        Torch.disableGradients();
        try (var _ = new TensorScope()) {
            long channels = checkpoint.model().source().weights().size("input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight", 1);
            var text = Expected.wave(0.3, 1, 77, channels);
            var denoised = checkpoint.model().denoise(Expected.wave(0.7, 1, 4, 8, 8), 2, Map.of(TensorSlot.CONTEXT, text), Optional.empty(), Pass.PLAIN);
            var pictures = checkpoint.vae().decode(Expected.wave(0.7, 1, 4, 4, 4));
            var latents = checkpoint.vae().encode(Expected.wave(0.11, 1, 32, 32, 3));
            assertEquals(ScalarType.FLOAT32, denoised.dtype());
            var encoded = checkpoint.text().encode("a (red:1.3) circle").cond();
            return new Results(denoised.toFloats(), pictures.toFloats(), latents.toFloats(), encoded.toFloats());
        }
    }

    private static double distance(float[] expected, float[] actual) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(expected[i] - actual[i], 2);
            size += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / size);
    }

    private static void assertNear(Results expected, Results actual, double most) {
        assertTrue(distance(expected.denoised(), actual.denoised()) < most, "denoised: " + distance(expected.denoised(), actual.denoised()));
        assertTrue(distance(expected.pictures(), actual.pictures()) < most, "pictures: " + distance(expected.pictures(), actual.pictures()));
        assertTrue(distance(expected.latents(), actual.latents()) < most, "latents: " + distance(expected.latents(), actual.latents()));
        assertTrue(distance(expected.text(), actual.text()) < most, "text: " + distance(expected.text(), actual.text()));
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void autoencodersComputeInAShorterTypeOnRequest(ScalarType type) throws IOException {
        var expected = compute(Placements.USUAL);
        var shorter = compute(Placements.onOne(Device.CPU, Optional.empty(), Optional.of(type)));
        assertNear(expected, shorter, 0.05);
        assertTrue(distance(expected.pictures(), shorter.pictures()) > 0, "nothing was rounded");
        assertEquals(0, distance(expected.denoised(), shorter.denoised()));
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void networksOnTheCpuHoldTheirWeightsInAShorterTypeOnRequest(ScalarType type) throws IOException {
        file = long32();
        try {
            var exact = compute(Placements.USUAL);
            var held = compute(Placements.onOne(Device.CPU, Optional.of(type), Optional.empty()));
            file = roundedNetwork(type);
            var rounded = compute(Placements.USUAL);
            // Computed in float32: as exactly as with weights that were stored so.
            assertTrue(distance(rounded.denoised(), held.denoised()) < 1e-5, "distance " + distance(rounded.denoised(), held.denoised()));
            assertBetween(1e-5, distance(exact.denoised(), held.denoised()), 0.05);
            assertEquals(0, distance(exact.pictures(), held.pictures()));
        } finally {
            write();
        }
    }

    /** The file, its network's weights as another type holds them. */
    private static Path roundedNetwork(ScalarType type) throws IOException {
        var path = directory.resolve("rounded.safetensors");
        try (var _ = new TensorScope()) {
            var tensors = WeightFiles.read(file);
            tensors.replaceAll((name, tensor) -> name.startsWith("model.") ? tensor.to(type).to(ScalarType.FLOAT32) : tensor);
            WeightFiles.write(path, tensors);
        }
        return path;
    }

    @Test
    void anotherDeviceKeepsTextEncodersInTheirOwnTypeBesideItsNetworks() throws IOException {
        var loaded = LoadedWeights.on(Device.STAND_IN);
        var cpu = CheckpointLoader.load(file).text();
        var checkpoint = Placements.onOne(Device.STAND_IN, Optional.empty(), Optional.empty()).call(() -> CheckpointLoader.load(file));
        try (var _ = new TensorScope()) {
            loaded.unload();
            var text = checkpoint.text().encode("a red circle").cond();
            assertTrue(distance(cpu.encode("a red circle").cond().toFloats(), text.toFloats()) < 1e-6);
            long texts = loaded.bytes();
            checkpoint.text().encode("a blue square");
            assertEquals(texts, loaded.bytes(), "what is kept is used again");
            assertEquals(ScalarType.FLOAT16.elementSize() * valuesOfTextEncoder(), texts);

            loaded.unload();
            var network = checkpoint.model().source().weights();
            LoadedWeights.inRound(() -> {
                network.names().forEach(name -> network.get(name).get());
                return null;
            });
            long networks = loaded.bytes();
            loaded.limit(networks, 0);
            var besideFull = LoadedWeights.inRound(() -> checkpoint.text().encode("a green line").cond());
            assertEquals(networks, loaded.bytes(), "texts push no network out");
            assertTrue(distance(cpu.encode("a green line").cond().toFloats(), besideFull.toFloats()) < 1e-6);
        } finally {
            loaded.limit(Long.MAX_VALUE, 0);
            loaded.unload();
        }
    }

    /** Without the table of which each text needs a few rows only. */
    private static long valuesOfTextEncoder() throws IOException {
        return WeightFiles.read(file).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("cond_stage_model.") && !entry.getKey().contains("token_embedding") && !entry.getKey().endsWith("position_ids"))
                .mapToLong(entry -> entry.getValue().numel())
                .sum();
    }

    private static long bytesOfNetwork(Placements placements) throws IOException {
        var loaded = LoadedWeights.on(placements.device());
        loaded.unload();
        var weights = placements.call(() -> CheckpointLoader.load(file)).model().source().weights();
        try (var _ = new TensorScope()) {
            weights.names().forEach(name -> weights.get(name).get());
            return loaded.bytes();
        }
    }

    @Test
    void weightsThatAreHeldInAShorterTypeTakeLessMemory() throws IOException {
        long usual = bytesOfNetwork(Placements.USUAL);
        assertEquals(usual, 2 * bytesOfNetwork(Placements.onOne(Device.CPU, Optional.of(ScalarType.FLOAT16), Optional.empty())));
        assertEquals(usual, 4 * bytesOfNetwork(Placements.USUAL.rounding(Optional.of(ScalarType.FLOAT8_E4M3FN), ScalarType.FLOAT16)));
    }

    @Test
    void changesOfWeightsThatAreHeldInAShorterTypeAreRounded() throws IOException {
        try (var _ = new TensorScope()) {
            var weight = WeightsFile.open(file).get("first_stage_model.decoder.norm_out.weight").held(ScalarType.BFLOAT16);
            var changed = weight.patched(weight.shape(), each -> each.mul(1.001)).patched(weight.shape(), each -> each.mul(1.001));
            var expected = weight.plain().mul(1.001).mul(1.001).to(ScalarType.BFLOAT16).to(ScalarType.FLOAT32);
            assertEquals(ScalarType.FLOAT32, changed.get().dtype());
            assertArrayEquals(expected.toFloats(), changed.get().toFloats());
            assertArrayEquals(expected.toFloats(), changed.borrow().toFloats());
        }
    }

    @Test
    void modelsKeepToTheirDevice() throws IOException {
        var expected = compute(Placements.USUAL);
        assertNear(expected, compute(standIn(ScalarType.FLOAT32)), 1e-4);
        assertNear(expected, compute(standIn(ScalarType.FLOAT16)), 0.05);
    }

    private static Placements standIn(ScalarType type) {
        return on(Device.STAND_IN, type);
    }

    private static Placements on(Device device, ScalarType type) {
        return Placements.onOne(device, Optional.of(type), Optional.of(type));
    }

    @Test
    void piecesOfWorkPlaceTheirModelsApartFromEachOther() throws Exception {
        var devices = List.of(Device.CPU, Device.STAND_IN, Device.standIn(1));
        var meeting = new CyclicBarrier(devices.size());
        try (var threads = Executors.newFixedThreadPool(devices.size())) {
            var places = threads.invokeAll(devices.stream().<Callable<Device>>map(device -> () -> on(device, ScalarType.FLOAT32).call(() -> {
                meeting.await();
                var model = CheckpointLoader.load(file).model();
                meeting.await();
                return model.source().placement().device();
            })).toList());
            for (int i = 0; i < devices.size(); i++) {
                assertEquals(devices.get(i), places.get(i).get());
            }
        }
        assertEquals(Placements.USUAL, Placements.current());
    }

    @Test
    void networksComputeInTheLongestTypeOnRequest() throws IOException {
        var expected = compute(Placements.USUAL);
        var longer = compute(Placements.onOne(Device.CPU, Optional.of(ScalarType.FLOAT64), Optional.empty()));
        assertTrue(distance(expected.denoised(), longer.denoised()) < 1e-5, "distance " + distance(expected.denoised(), longer.denoised()));
        assertTrue(distance(expected.denoised(), longer.denoised()) > 0, "float64 rounds otherwise than float32");
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT8_E4M3FN", "FLOAT8_E5M2"})
    void weightsAreRoundedOnRequest(ScalarType type) throws IOException {
        var expected = compute(Placements.USUAL);
        var network = compute(Placements.USUAL.rounding(Optional.of(type), ScalarType.FLOAT16));
        assertBetween(0.001, distance(expected.denoised(), network.denoised()), 0.5);
        assertEquals(0, distance(expected.text(), network.text()));
        var text = compute(Placements.USUAL.rounding(Optional.empty(), type));
        assertBetween(0.001, distance(expected.text(), text.text()), 0.5);
        assertEquals(0, distance(expected.denoised(), text.denoised()));
        assertEquals(0, distance(expected.latents(), text.latents()));
    }

    private static void assertBetween(double least, double actual, double most) {
        assertTrue(actual > least && actual < most, "distance " + actual);
    }

    /** Stable Diffusion 1.5 scaled down, as files of float32 hold it: no weight fits into float16. */
    private static Path long32() throws IOException {
        var path = directory.resolve("float32.safetensors");
        try (var _ = new TensorScope()) {
            var tensors = WeightFiles.read(file);
            tensors.replaceAll((_, tensor) -> tensor.to(ScalarType.FLOAT32).mul(1 + 1e-4));
            WeightFiles.write(path, tensors);
        }
        return path;
    }

    @Test
    void textEncodersHoldFloat16UnlessToldOtherwise() throws IOException {
        file = long32();
        try {
            var usual = compute(Placements.USUAL);
            var exact = compute(Placements.USUAL.rounding(Optional.empty(), ScalarType.FLOAT32));
            assertBetween(1e-6, distance(exact.text(), usual.text()), 1e-2);
            assertEquals(0, distance(exact.denoised(), usual.denoised()));
        } finally {
            write();
        }
    }

    @Test
    void whatIsStoredShorterIsNotRounded() throws IOException {
        var half = WeightsFile.open(file).get("cond_stage_model.transformer.text_model.final_layer_norm.weight");
        assertSame(half, Placements.USUAL.rounded(half));
        assertSame(half, Placements.USUAL.rounding(Optional.empty(), ScalarType.FLOAT32).rounded(half));
        var other = Placements.USUAL.rounding(Optional.empty(), ScalarType.BFLOAT16);
        assertEquals(ScalarType.BFLOAT16, other.rounded(half).type());
        assertSame(half, other.shortened(half));
        assertEquals(ScalarType.FLOAT8_E5M2, Placements.USUAL.rounding(Optional.empty(), ScalarType.FLOAT8_E5M2).shortened(half).type());
    }

    @Test
    void onTheCpuFloat32IsUsual() {
        assertEquals(Placement.USUAL, Placements.USUAL.forNetwork(ScalarType.FLOAT16, NetworkSource.USUAL_TYPES));
        assertEquals(Placement.USUAL, Placements.USUAL.forVae());
    }

    @Test
    void whatWasAskedForIsTaken() {
        var asked = new Placements(Device.cuda(1), Optional.of(ScalarType.BFLOAT16), Device.CPU, Optional.of(ScalarType.FLOAT32), Device.cuda(1));
        assertEquals(new Placement(Device.cuda(1), ScalarType.BFLOAT16), asked.forNetwork(ScalarType.FLOAT16, NetworkSource.USUAL_TYPES));
        assertEquals(Placement.USUAL, asked.forVae());
        assertEquals(new Placement(Device.cuda(1), ScalarType.FLOAT32), asked.forText());
    }

    @Test
    void whatStaysOnTheCpuBesideAGpuComputesInFloat32() {
        var asked = new Placements(Device.cuda(0), Optional.empty(), Device.CPU, Optional.empty(), Device.CPU);
        assertEquals(Placement.USUAL, asked.forVae());
        assertEquals(Placement.USUAL, asked.forText());
    }

    @Test
    void aGpuThatIsNotThereIsNamed() {
        assumeTrue(!Torch.cudaAvailable());
        var failure = assertThrows(TorchException.class, () -> Torch.requireCuda(0));
        assertTrue(failure.getMessage().startsWith("no CUDA device 0: "), failure.getMessage());
    }

    @Test
    @Tag("gpu")
    void modelsComputeOnTheGpu() throws IOException {
        assumeTrue(Torch.cudaAvailable(), () -> "no CUDA: libtorch in " + Torch.directory() + " finds no GPU, or was built without CUDA");
        var expected = compute(Placements.USUAL);
        var gpu = Device.cuda(0);
        assertNear(expected, compute(Placements.onOne(gpu, Optional.of(ScalarType.FLOAT32), Optional.of(ScalarType.FLOAT32))), 1e-2);
        assertNear(expected, compute(Placements.onOne(gpu, Optional.empty(), Optional.empty())), 0.05);
    }
}

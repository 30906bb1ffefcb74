package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Checkpoint;
import org.comfyee.diffusion.checkpoint.CheckpointConfig;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.Prediction;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.sampling.CfgGuider;
import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.diffusion.sampling.Sampling;
import org.comfyee.diffusion.sampling.SamplingRequest;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.comfyee.torch.safetensors.SafetensorsWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a checkpoint beside its weights. */
class CheckpointLoaderTest {
    @TempDir
    private static Path base;

    private static Checkpoint checkpoint;

    @BeforeAll
    static void write() throws IOException {
        Torch.loadConfigured();
        var file = base.resolve("tiny-sd15.safetensors");
        SyntheticCheckpoint.write(file, SyntheticCheckpoint.Layout.TINY_SD15);
        checkpoint = CheckpointLoader.load(file);
    }

    private static CheckpointConfig config(String yaml) throws IOException {
        return CheckpointConfig.read(Files.writeString(base.resolve("config.yaml"), yaml));
    }

    private static Prediction prediction(DiffusionModel model) {
        return ((DiffusionSampling) model.sampling()).prediction();
    }

    @Test
    void configurationsDecideWhatIsPredictedAndWhichLayerCounts() throws IOException {
        var yaml = """
                model:
                  base_learning_rate: 1.0e-4
                  target: ldm.models.diffusion.ddpm.LatentDiffusion
                  params:
                    parameterization: "v"
                    cond_stage_config:
                      target: ldm.modules.encoders.modules.FrozenCLIPEmbedder
                      params:
                        layer: "hidden"
                        layer_idx: -2
                """;
        assertEquals(new CheckpointConfig(true, Optional.of(-2)), config(yaml));
        var applied = config(yaml).applied(checkpoint);
        assertEquals(Prediction.VELOCITY, prediction(applied.model()));
        try (var _ = new TensorScope()) {
            var text = applied.text().encode("a cat").cond().toFloats();
            assertArrayEquals(checkpoint.text().withLastLayer(-2).encode("a cat").cond().toFloats(), text);
            assertFalse(Arrays.equals(checkpoint.text().encode("a cat").cond().toFloats(), text));
        }
    }

    @Test
    void plainConfigurationsChangeNothing() throws IOException {
        var plain = config("model: {params: {cond_stage_config: {target: clip}}}");
        assertEquals(new CheckpointConfig(false, Optional.empty()), plain);
        assertEquals(Prediction.NOISE, prediction(plain.applied(checkpoint).model()));
    }

    @Test
    void otherFilesAreNoConfigurations() {
        assertTrue(assertThrows(CheckpointException.class, () -> config("model: [")).getMessage().contains("config.yaml is no YAML"));
        assertTrue(assertThrows(CheckpointException.class, () -> config("a: b")).getMessage().contains("no map 'model'"));
        assertThrows(CheckpointException.class, () -> config("model: !!javax.script.ScriptEngineManager [1]"));
        assertThrows(CheckpointException.class, () -> config("model: {params: {cond_stage_config: {params: {layer_idx: last}}}}"));
    }

    private static float[] sampled(DiffusionModel model) {
        try (var _ = new TensorScope(); var random = Generator.seeded(1)) {
            var noise = Tensor.randn(random, ScalarType.FLOAT32, 1, 4, 8, 8);
            var text = checkpoint.text().encode("a cat");
            var guider = new CfgGuider(model, Conditioning.of(text.cond(), text.pooled()), Optional.empty(), 1);
            var latents = Tensor.zeros(ScalarType.FLOAT32, 1, 4, 8, 8);
            return Sampling.sample(new SamplingRequest(guider, Sampler.EULER, new float[] {14, 1, 0}, latents, noise, Optional.empty(), 1),
                    (_, _, _) -> {}).toFloats();
        }
    }

    @Test
    void modelsComputeWithTheTypeThatIsAskedFor() {
        var exact = sampled(checkpoint.model());
        var rough = (DiffusionModel) NodeCall.run("ModelComputeDtype", "model", checkpoint.model(), "dtype", "bf16").getFirst();
        assertEquals(ScalarType.BFLOAT16, rough.source().placement().type());
        var rounded = sampled(rough);
        double difference = 0;
        double size = 0;
        for (int i = 0; i < exact.length; i++) {
            difference += Math.pow(exact[i] - rounded[i], 2);
            size += Math.pow(exact[i], 2);
        }
        double error = Math.sqrt(difference / size);
        assertTrue(error > 1e-5 && error < 0.2, "relative difference " + error);
        var usual = (DiffusionModel) NodeCall.run("ModelComputeDtype", "model", rough, "dtype", "default").getFirst();
        assertArrayEquals(exact, sampled(usual));
    }

    /** SDXL, scaled down, that sees a picture beside the noise; with marks of its training. */
    private static ModelFamily instructedSdxl(String name, Map<String, Tensor> marks) throws IOException {
        var file = base.resolve(name);
        try (var shapes = CheckpointLoaderTest.class.getResourceAsStream("/golden/tiny-sdxl.shapes.json")) {
            SyntheticCheckpoint.write(file, shapes);
        }
        var stored = SafetensorsFile.open(file);
        var tensors = new LinkedHashMap<String, Tensor>(marks);
        stored.names().stream().filter(each -> each.startsWith("model.")).forEach(each -> tensors.put(each, stored.tensor(each)));
        tensors.computeIfPresent("model.diffusion_model.input_blocks.0.0.weight", (_, weight) -> weight.repeat(1, 2, 1, 1));
        var changed = base.resolve("instructed-" + name);
        SafetensorsWriter.write(changed, tensors, Map.of());
        return CheckpointLoader.load(changed).model().family();
    }

    @Test
    void sdxlOfContinuousSigmasSeesPicturesInItsOwnUnits() throws IOException {
        try (var _ = new TensorScope()) {
            var latents = Tensor.ones(ScalarType.FLOAT32, 1, 4, 8, 8);
            var text = Conditioning.of(Tensor.ones(ScalarType.FLOAT32, 1, 77, 128), Tensor.ones(ScalarType.FLOAT32, 1, 64)).entries().getFirst()
                    .with(Conditioning.CONCAT_LATENT, latents.mul(2));
            var plain = instructedSdxl("plain.safetensors", Map.of());
            assertEquals(2, plain.tensors(text, latents).get(TensorSlot.CONCAT).max().item());
            var continuous = instructedSdxl("continuous.safetensors", Map.of("edm_vpred.sigma_max", Tensor.of(new float[] {80}, 1)));
            assertEquals(2 * 0.13025, continuous.tensors(text, latents).get(TensorSlot.CONCAT).max().item(), 1e-6);
        }
    }
}

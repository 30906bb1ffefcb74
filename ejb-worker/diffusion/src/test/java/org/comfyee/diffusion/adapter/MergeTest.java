package org.comfyee.diffusion.adapter;

import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.comfyee.diffusion.WeightFiles;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.FlowSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weighted sums of models. */
class MergeTest {
    private static final Array FIRST = Array.wave(0.3, 2, 3);
    private static final Array SECOND = Array.wave(0.7, 2, 3);

    @TempDir
    private Path directory;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    private DiffusionModel model(String name, Map<String, Array> weights) throws IOException {
        var tensors = new HashMap<String, Tensor>();
        weights.forEach((key, value) -> tensors.put(key, value.tensor()));
        var path = WeightFiles.write(directory.resolve(name), tensors);
        var source = new NetworkSource(Weights.of(SafetensorsFile.open(path)), _ -> input -> input.x());
        return new DiffusionModel(source, ModelFamily.TEXT_ONLY, FlowSampling.shifted(1, 1), LatentFormat.SD15);
    }

    private static Tensor weight(DiffusionModel model, String name) {
        return model.source().weights().get(name).get();
    }

    @Test
    void sharesOfBothAddUp() throws IOException {
        try (var _ = new TensorScope()) {
            var one = model("one.safetensors", Map.of("a.weight", FIRST));
            var other = model("other.safetensors", Map.of("a.weight", SECOND));
            Array.of(i -> 0.25 * FIRST.values()[i] + 0.75 * SECOND.values()[i], 2, 3)
                    .assertIs(weight(Merge.of(one, other, _ -> Merge.Shares.mix(0.25)), "a.weight"));
            var difference = Merge.of(one, other, _ -> Merge.Shares.difference(2));
            Array.of(i -> 2 * FIRST.values()[i] - 2 * SECOND.values()[i], 2, 3).assertIs(weight(difference, "a.weight"));
            // Merged models are merged further.
            Array.of(i -> 2 * FIRST.values()[i] - SECOND.values()[i], 2, 3)
                    .assertIs(weight(Merge.of(other, difference, _ -> Merge.Shares.sum()), "a.weight"));
            FIRST.assertIs(weight(one, "a.weight"));
        }
    }

    @Test
    void whatOnlyOneHasStays() throws IOException {
        try (var _ = new TensorScope()) {
            var one = model("one.safetensors", Map.of("a.weight", FIRST, "b.weight", FIRST, "c.weight", FIRST));
            var other = model("other.safetensors", Map.of("b.weight", Array.wave(0.5, 3, 3), "c.weight", SECOND, "d.weight", SECOND));
            var merged = Merge.of(one, other, name -> Merge.Shares.mix(name.startsWith("c") ? 1 : 0.5));
            assertSame(weight(one, "a.weight"), weight(merged, "a.weight"));
            Array.of(i -> 0.5 * FIRST.values()[i], 2, 3).assertIs(weight(merged, "b.weight"));
            assertSame(weight(one, "c.weight"), weight(merged, "c.weight"));
        }
    }
}

package org.comfyee.diffusion.vae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.Expected;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.checkpoint.VaeFiles;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.comfyee.torch.safetensors.SafetensorsWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaeModelTest {
    @TempDir
    private static Path directory;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    private static Path made(String name) throws IOException {
        var path = directory.resolve(name + ".safetensors");
        try (var shapes = VaeModelTest.class.getResourceAsStream(name + ".shapes.json")) {
            SyntheticCheckpoint.write(path, shapes);
        }
        return path;
    }

    private static Expected expected(String name) throws IOException {
        return Expected.read(VaeModelTest.class.getResourceAsStream(name + ".expected.txt"));
    }

    /** Against a float64 program written from the published description of TAESD; scale and shift are those of SD3. */
    @Test
    void tinyAutoencoderGivesTheKnownNumbers() throws IOException {
        try (var _ = new TensorScope()) {
            var vae = VaeFiles.loadTiny(made("tiny-taesd-encoder"), made("tiny-taesd-decoder"), 1.5305, 0.0609);
            expected("tiny-taesd-encoder").assertIs("latents", vae.encode(Expected.wave(0.11, 1, 16, 24, 3).mul(0.5).add(0.5)));
            expected("tiny-taesd-decoder").assertIs("pictures", vae.decode(Expected.wave(0.7, 1, 4, 2, 3).mul(0.4)));
        }
    }

    @Test
    void tinyAutoencodersComputeWhereTheOthersDo() throws IOException {
        Placements.onOne(Device.STAND_IN, Optional.empty(), Optional.of(ScalarType.FLOAT32)).call(() -> {
            tinyAutoencoderGivesTheKnownNumbers();
            return null;
        });
    }

    @Test
    void pixelSpaceKeepsPictures() {
        try (var _ = new TensorScope()) {
            var picture = Expected.wave(0.11, 1, 5, 7, 3).mul(0.5).add(0.5);
            var vae = VaeModel.pixelSpace();
            var latents = vae.encode(picture);
            assertArrayEquals(new long[] {1, 3, 5, 7}, latents.shape());
            assertTrue(latents.min().item() < -0.9 && latents.max().item() > 0.9, "latents run from -1 to 1");
            assertArrayEquals(picture.toFloats(), vae.decode(latents).toFloats(), 1e-6f);
        }
    }

    @Test
    void namesOfDiffusersGiveTheSameAutoencoder() throws IOException {
        var whole = directory.resolve("tiny.safetensors");
        SyntheticCheckpoint.write(whole, SyntheticCheckpoint.Layout.TINY_SD15);
        var path = directory.resolve("diffusers.safetensors");
        try (var _ = new TensorScope()) {
            var file = SafetensorsFile.open(whole);
            var tensors = new LinkedHashMap<String, Tensor>();
            file.names().stream().filter(name -> name.startsWith("first_stage_model.")).forEach(name -> {
                var tensor = file.tensor(name);
                boolean linear = name.contains("attn_1") && tensor.dim() == 4;
                tensors.put(diffusersName(name.substring("first_stage_model.".length())), linear ? tensor.reshape(tensor.size(0), tensor.size(1)) : tensor);
            });
            assertTrue(tensors.containsKey("decoder.up_blocks.0.resnets.0.norm1.weight"), tensors.keySet().toString());
            SafetensorsWriter.write(path, tensors, Map.of());
            var picture = Expected.wave(0.11, 1, 16, 24, 3).mul(0.5).add(0.5);
            var original = CheckpointLoader.load(whole).vae();
            var renamed = VaeFiles.load(path);
            var latents = original.encode(picture);
            assertArrayEquals(latents.toFloats(), renamed.encode(picture).toFloats());
            assertArrayEquals(original.decode(latents).toFloats(), renamed.decode(latents).toFloats());
        }
    }

    /** The published table of names, for four levels. */
    private static String diffusersName(String name) {
        var changed = name.replace("nin_shortcut", "conv_shortcut").replace("norm_out", "conv_norm_out");
        for (int i = 0; i < 4; i++) {
            changed = changed.replace("encoder.down." + i + ".block.", "encoder.down_blocks." + i + ".resnets.")
                    .replace("encoder.down." + i + ".downsample.", "encoder.down_blocks." + i + ".downsamplers.0.")
                    .replace("decoder.up." + i + ".block.", "decoder.up_blocks." + (3 - i) + ".resnets.")
                    .replace("decoder.up." + i + ".upsample.", "decoder.up_blocks." + (3 - i) + ".upsamplers.0.");
        }
        return changed.replace("mid.block_1", "mid_block.resnets.0").replace("mid.block_2", "mid_block.resnets.1")
                .replace("mid.attn_1.norm", "mid_block.attentions.0.group_norm")
                .replace("mid.attn_1.proj_out", "mid_block.attentions.0.to_out.0")
                .replace("mid.attn_1.", "mid_block.attentions.0.to_");
    }

    @Test
    void filesOfOtherModelsAreNamed() throws IOException {
        var path = made("tiny-taesd-decoder");
        var refusal = assertThrows(CheckpointException.class, () -> VaeFiles.load(path));
        assertTrue(refusal.getMessage().contains("tiny-taesd-decoder.safetensors is no autoencoder"), refusal.getMessage());
    }
}

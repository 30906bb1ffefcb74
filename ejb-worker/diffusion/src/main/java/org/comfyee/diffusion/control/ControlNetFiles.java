package org.comfyee.diffusion.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.checkpoint.WeightsFile;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.unet.ControlUNet;

/** Opens control networks: ControlNets, Control-LoRAs and T2I adapters. */
public final class ControlNetFiles {
    private static final String ORIGINAL = "control_model";
    /** Weights by which networks for other models are told, and the names of these models. */
    private static final Map<String, String> UNSUPPORTED = Map.of(
            "after_proj_list.18.bias", "Hunyuan-DiT",
            "transformer_blocks.0.img_mlp.net.0.proj.weight", "Qwen-Image (InstantX)",
            "control_blocks.0.after_proj.weight", "Qwen-Image (Fun)");

    private ControlNetFiles() {}

    /**
     * @param base for files that hold differences from a diffusion model: that model
     * @throws CheckpointException if the file holds no control network that is supported
     * @throws IOException if it is no readable safetensors file
     */
    public static ControlNet load(Path path, Optional<DiffusionModel> base) throws IOException {
        var file = path.getFileName().toString();
        try {
            return of(file, Placements.current().rounded(WeightsFile.open(path)), base).withAveraged(isShuffle(file));
        } catch (NoSuchElementException e) {
            throw new CheckpointException(file + " is no control network, or incomplete: " + e.getMessage());
        }
    }

    /** Networks that were trained on shuffled pictures are told by their name. */
    private static boolean isShuffle(String file) {
        var name = file.toLowerCase(Locale.ROOT);
        return name.contains("_shuffle.") || name.contains("_shuffle_fp16.");
    }

    private static ControlNet of(String file, Weights weights, Optional<DiffusionModel> base) throws CheckpointException {
        refuseUnsupported(file, weights);
        if (weights.has("lora_controlnet")) {
            return ControlNet.of(weights, ControlLora::of, HintForm.PIXELS);
        }
        if (weights.has("controlnet_cond_embedding.conv_in.weight")) {
            return unet(DiffusersControlNames.toOriginal(weights));
        }
        if (weights.has("controlnet_blocks.0.weight") || weights.has("controlnet_blocks.0.linear.weight")) {
            return TransformerControls.of(file, weights);
        }
        if (weights.has(ORIGINAL + ".zero_convs.0.0.weight")) {
            var control = weights.at(ORIGINAL);
            return unet(weights.has("difference") && base.isPresent() ? added(control, base.get()) : control);
        }
        if (weights.has("zero_convs.0.0.weight")) {
            return unet(weights);
        }
        return T2iAdapter.of(weights).orElseThrow(() -> new CheckpointException(file + " holds no control network of a known kind: "
                + "neither a ControlNet (zero_convs, controlnet_cond_embedding, controlnet_blocks), nor a Control-LoRA (lora_controlnet), "
                + "nor a T2I adapter (body)"));
    }

    private static void refuseUnsupported(String file, Weights weights) throws CheckpointException {
        for (var kind : UNSUPPORTED.entrySet()) {
            if (weights.has(kind.getKey())) {
                throw new CheckpointException(file + " is a control network for " + kind.getValue()
                        + ", which is not supported; expected one for Stable Diffusion, SDXL, Stable Diffusion 3 or Flux");
            }
        }
    }

    private static ControlNet unet(Weights weights) {
        // What is missing is told when the file is opened.
        new ControlUNet(weights);
        return ControlNet.of(weights, (file, _) -> new ControlUNet(file), HintForm.PIXELS);
    }

    /** The sums of differences and a diffusion model's weights. */
    private static Weights added(Weights differences, DiffusionModel base) {
        var network = base.source().weights();
        var sums = new HashMap<String, Parameter>();
        for (var name : differences.names()) {
            network.find(name).ifPresent(original -> {
                var difference = differences.get(name);
                sums.put(name, original.patched(difference.shape(), weight -> weight.add(difference.plain())));
            });
        }
        return differences.with(sums);
    }
}

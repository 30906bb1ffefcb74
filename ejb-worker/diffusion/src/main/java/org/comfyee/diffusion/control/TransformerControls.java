package org.comfyee.diffusion.control;

import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.FluxNames;
import org.comfyee.diffusion.checkpoint.MmditNames;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.flux.FluxControl;
import org.comfyee.diffusion.mmdit.MmditControl;
import org.comfyee.diffusion.mmdit.PictureControl;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Opens control networks for transformers over patches. */
final class TransformerControls {
    private static final int CHANNELS_WITH_MASK = 17;
    private static final int PATCH = 4;
    /** These networks were trained on latents that are not shifted. */
    private static final LatentFormat UNSHIFTED = LatentFormat.SD3.unshifted();

    private TransformerControls() {}

    static ControlNet of(String file, Weights weights) throws CheckpointException {
        if (weights.has("double_blocks.0.img_attn.norm.key_norm.scale")) {
            // MistoLine has another order of words than the others.
            var original = weights.renamed(name -> name.replaceFirst("^single_controlnet_blocks\\.", "controlnet_single_blocks."));
            return ControlNet.of(original, FluxControl::new, HintForm.PIXELS);
        }
        if (weights.has("pos_embed_input.proj.weight")) {
            return weights.has("transformer_blocks.0.adaLN_modulation.1.bias") ? stability(weights) : diffusers(weights);
        }
        if (weights.has("controlnet_x_embedder.weight") && weights.has("transformer_blocks.0.attn.add_q_proj.weight")) {
            var original = FluxNames.toOriginal(weights).renamed(name -> name.replaceFirst("^controlnet_x_embedder\\.", "pos_embed_input."));
            boolean masked = original.size("pos_embed_input.weight", 1) / PATCH == CHANNELS_WITH_MASK;
            return ControlNet.of(original, FluxControl::new, HintForm.latents(LatentFormat.FLUX, masked));
        }
        throw new CheckpointException(file + " holds a control network for a transformer of a kind that is not supported; expected one of "
                + "Stable Diffusion 3 or 3.5, or one of Flux as XLabs, InstantX or MistoLine has it");
    }

    private static ControlNet diffusers(Weights weights) {
        var original = MmditNames.toOriginal(weights);
        boolean masked = original.size("pos_embed_input.proj.weight", 1) == CHANNELS_WITH_MASK;
        return ControlNet.of(original, MmditControl::new, HintForm.latents(UNSHIFTED, masked));
    }

    private static ControlNet stability(Weights weights) {
        var original = weights.renamed(MmditNames::original);
        return ControlNet.of(original, PictureControl::new, HintForm.latents(LatentFormat.SD3, false).changed(change(weights)));
    }

    /** By the number of its type in the file, a network wants pixels changed: 1 is for edges, 2 for depth. */
    private static UnaryOperator<Tensor> change(Weights weights) {
        try (var _ = new TensorScope()) {
            long type = weights.find("control_type").map(number -> Math.round(number.borrow().item())).orElse(-1L);
            return type == 1 ? pixels -> pixels.mul(255 * 0.5).add(0.5) : type == 2 ? pixels -> pixels.neg().add(1) : pixels -> pixels;
        }
    }
}

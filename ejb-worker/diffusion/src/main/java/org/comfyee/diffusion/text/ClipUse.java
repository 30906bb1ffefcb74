package org.comfyee.diffusion.text;

import java.util.function.UnaryOperator;
import org.comfyee.diffusion.layers.ClipLayer;
import org.comfyee.torch.Tensor;

/** How a family of diffusion models uses a CLIP text model. */
public enum ClipUse {
    /** CLIP-L of Stable Diffusion 1.x. */
    SD1_L(TextPart.CLIP_L, -1, true, false),
    /** OpenCLIP ViT-H of Stable Diffusion 2.x. */
    SD2_H(TextPart.CLIP_H, -2, true, true),
    /** CLIP-L beside another encoder, in SDXL. */
    SDXL_L(TextPart.CLIP_L, -2, false, false),
    /** OpenCLIP ViT-bigG of SDXL and its refiner. */
    SDXL_G(TextPart.CLIP_G, -2, false, true);

    final TextPart part;
    /** The layer whose state is used, counted from the end. */
    final int layer;
    /** Whether that state passes the final norm. */
    final boolean normed;
    /** Whether the pooled state is projected into the space that texts share with pictures. */
    final boolean projected;

    ClipUse(TextPart part, int layer, boolean normed, boolean projected) {
        this.part = part;
        this.layer = layer;
        this.normed = normed;
        this.projected = projected;
    }

    UnaryOperator<Tensor> activation() {
        return part == TextPart.CLIP_L ? ClipLayer::quickGelu : Tensor::gelu;
    }
}

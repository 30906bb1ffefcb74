package org.comfyee.diffusion.vision;

import java.util.List;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Placement;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.ClipLayer;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * The vision transformer of CLIP (Radford et al. 2021): ViT-L/14, also for 336 pixels, ViT-H/14 and ViT-bigG/14 of OpenCLIP, and that
 * of SigLIP (Zhai et al. 2023), which has no token for the whole picture.
 */
public final class ClipVisionModel {
    private static final int HEADS = 16;
    private static final float[] CLIP_MEAN = {0.48145466f, 0.4578275f, 0.40821073f};
    private static final float[] CLIP_DEVIATION = {0.26862954f, 0.26130258f, 0.27577711f};
    private static final float[] SIGLIP_LEVELS = {0.5f, 0.5f, 0.5f};
    /** ViT-H has 32 layers and ViT-bigG 48; ViT-L and SigLIP have fewer than 31. */
    private static final int FEWEST_OF_HUGE = 31;
    private static final int SIGLIP_384_POSITIONS = 729;

    private final Placement placement;
    private final Weights weights;
    private final Weights root;
    private final boolean siglip;
    private final int layers;

    /** @param root holds {@code vision_model} and, for models that project, {@code visual_projection} */
    private ClipVisionModel(Weights root) {
        placement = Placements.current().forText();
        this.root = root.placedForRareUse(placement);
        weights = this.root.at("vision_model");
        siglip = !weights.has("embeddings.class_embedding");
        layers = weights.count("encoder.layers");
    }

    /**
     * @param file weights in the layout of Hugging Face, or in that of OpenCLIP at {@code visual}
     * @throws IllegalArgumentException if they are of another model
     */
    public static ClipVisionModel of(Weights file) {
        if (file.has("visual.transformer.resblocks.0.attn.in_proj_weight")) {
            return ofOpenClip(file.at("visual"));
        }
        if (!file.has("vision_model.encoder.layers.0.layer_norm1.weight")) {
            throw new IllegalArgumentException("the weights are not those of a vision model of CLIP or SigLIP");
        }
        return new ClipVisionModel(file);
    }

    /** @param visual weights in the layout of OpenCLIP, which lie at {@code visual} in its files */
    public static ClipVisionModel ofOpenClip(Weights visual) {
        return new ClipVisionModel(OpenClipVision.toHuggingFace(visual));
    }

    /** The side in pixels of the square that pictures are scaled to. */
    public int imageSize() {
        long patch = weights.size("embeddings.patch_embedding.weight", 2);
        long positions = weights.size("embeddings.position_embedding.weight", 0);
        if (siglip && positions == SIGLIP_384_POSITIONS) {
            // The last pixels do not fill a patch.
            return 384;
        }
        return (int) (Math.sqrt(siglip ? positions : positions - 1) * patch);
    }

    /**
     * @param pictures {@code [batch, height, width, 3 or more]}, 0 to 1
     * @param crop whether the middle of a picture is taken; otherwise it is stretched to a square
     */
    public ClipVisionOutput encode(Tensor pictures, boolean crop) {
        try (var scope = new TensorScope()) {
            var hidden = embed(placement.in(prepared(pictures, crop)));
            var penultimate = hidden;
            for (int i = 0; i < layers; i++) {
                hidden = new ClipLayer(weights.at("encoder.layers." + i), HEADS, activation(), false).apply(hidden);
                penultimate = i == layers - 2 ? hidden : penultimate;
            }
            var normed = ClipLayer.norm(weights.at("post_layernorm"), siglip ? hidden : hidden.select(1, 0));
            var embeds = root.find("visual_projection.weight").map(matrix -> normed.linear(matrix.borrow(), null)).orElse(normed);
            return new ClipVisionOutput(scope.keep(placement.out(siglip ? normed : hidden)), scope.keep(placement.out(penultimate)),
                    scope.keep(placement.out(embeds)));
        }
    }

    private UnaryOperator<Tensor> activation() {
        return siglip ? Tensor::geluTanh : layers >= FEWEST_OF_HUGE ? Tensor::gelu : ClipLayer::quickGelu;
    }

    /** @return {@code [batch, 3, size, size]}, with the mean and deviation that the model was trained with */
    Tensor prepared(Tensor pictures, boolean crop) {
        int size = imageSize();
        var pixels = pictures.narrow(3, 0, 3).permute(0, 3, 1, 2);
        if (pixels.size(2) != size || pixels.size(3) != size) {
            double scale = (double) size / Math.min(pixels.size(2), pixels.size(3));
            long height = crop ? (long) Math.rint(scale * pixels.size(2)) : size;
            long width = crop ? (long) Math.rint(scale * pixels.size(3)) : size;
            pixels = pixels.bicubicAntialiased(height, width).narrow(2, (height - size) / 2, size).narrow(3, (width - size) / 2, size);
        }
        // Pictures were files of 8 bits when the model was trained.
        var rounded = pixels.mul(255).clamp(0, 255).round().div(255);
        return rounded.sub(channels(siglip ? SIGLIP_LEVELS : CLIP_MEAN)).div(channels(siglip ? SIGLIP_LEVELS : CLIP_DEVIATION));
    }

    private static Tensor channels(float[] values) {
        return Tensor.of(values, 1, values.length, 1, 1);
    }

    private Tensor embed(Tensor pixels) {
        var embeddings = weights.at("embeddings");
        var patch = embeddings.get("patch_embedding.weight");
        var bias = embeddings.find("patch_embedding.bias").map(Parameter::borrow).orElse(null);
        var tokens = pixels.contiguous().conv2d(patch.borrow(), bias, patch.shape()[2], 0).flatten(2, 3).transpose(1, 2);
        var positions = embeddings.get("position_embedding.weight").borrow();
        if (siglip) {
            return tokens.add(positions);
        }
        var whole = embeddings.get("class_embedding").borrow().reshape(1, 1, -1).expand(tokens.size(0), 1, tokens.size(2));
        return ClipLayer.norm(weights.at("pre_layrnorm"), Tensor.cat(List.of(whole, tokens), 1).add(positions));
    }
}

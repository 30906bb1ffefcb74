package org.comfyee.diffusion.unet;

import java.util.Map;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/** What Stable Diffusion 2.1 unCLIP is told: the text, and the vectors of pictures; zeros where there are none. */
public record PictureConditioning(NoiseAugmentation augmentation, long labelSize) implements ModelFamily {
    private static final double MERGED_NOISE = 0.05;

    /** @throws IllegalArgumentException if the pictures were seen by another vision model than the network knows */
    @Override
    public Map<TensorSlot, Tensor> tensors(Conditioning.Entry entry, Tensor latents) {
        var label = entry.find(Conditioning.PICTURES)
                .map(pictures -> augmentation.label(pictures, entry.find(Conditioning.SEED).orElse(0L), MERGED_NOISE))
                .orElseGet(() -> Tensor.zeros(ScalarType.FLOAT32, 1, labelSize));
        if (label.size(1) != labelSize) {
            throw new IllegalArgumentException("the pictures are told in " + label.size(1) / 2 + " numbers, this model expects " + labelSize / 2
                    + ": they were seen by another vision model");
        }
        return Map.of(TensorSlot.CONTEXT, entry.text(), TensorSlot.LABEL, label);
    }
}

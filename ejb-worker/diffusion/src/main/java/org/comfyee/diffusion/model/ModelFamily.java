package org.comfyee.diffusion.model;

import java.util.Map;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;

/** What the networks of a family are told of a conditioning. */
@FunctionalInterface
public interface ModelFamily {
    /** Networks that read the text and nothing else: Stable Diffusion 1.x and 2.x. */
    ModelFamily TEXT_ONLY = (entry, _) -> Map.of(TensorSlot.CONTEXT, entry.text());

    /**
     * @param latents in the model's units, {@code [batch, channels, height, width]}
     * @return tensors whose first dimension is 1 or the batch of the latents
     */
    Map<TensorSlot, Tensor> tensors(Conditioning.Entry entry, Tensor latents);

    /** The timesteps that its networks were trained over, where these are discrete. */
    default DiscreteSchedule schedule() {
        return DiscreteSchedule.STABLE_DIFFUSION;
    }

    /**
     * Whether a text counts no more when it is repeated, so that texts of different lengths can be asked for together: so where the
     * picture attends to the text alone.
     */
    default boolean repeatsTexts() {
        return true;
    }

    /** The family of the same network with other weights, which may take more. */
    default ModelFamily with(Weights network) {
        return this;
    }
}

package org.comfyee.diffusion.model;

import org.comfyee.diffusion.checkpoint.Placement;
import org.comfyee.torch.Tensor;

/** A tensor that a network takes beside the noisy latents. The first dimension of each is the batch. */
public enum TensorSlot {
    /** The text, {@code [batch, tokens, channels]}. Texts of one batch are repeated to the same length. */
    CONTEXT,
    /** A text of its own for control networks, as the other. */
    CONTROL_CONTEXT,
    /** Pooled text, picture sizes and the like, {@code [batch, channels]}. */
    LABEL,
    /** How much noise hides what the network sees, as the number of a level, {@code [batch]}. */
    LEVEL,
    /** How strongly the text counts, for networks that take it as a number, {@code [batch]}. */
    GUIDANCE,
    /** What the network sees beside the noise, {@code [batch, channels, height, width]} of the latents' size. */
    CONCAT,
    /** Patches of other pictures, {@code [batch, patches, channels]}. */
    REFERENCE,
    /** Of each of these the number of its picture, its row and its column, {@code [batch, patches, 3]}. */
    REFERENCE_PLACES,
    /**
     * Added to the attention of one token to another, {@code [batch, tokens + 1, tokens + 1]}: those of the text, then one that stands
     * for each of the picture's.
     */
    ATTENTION_BIAS;

    /** Whether it lies over the picture, so that a part of the picture sees a part of it. */
    public boolean isPicture() {
        return this == CONCAT;
    }

    /** A tensor as a network that lies somewhere takes it. */
    public Tensor placed(Tensor tensor, Placement place) {
        return switch (this) {
            // Whole numbers that short types may not hold.
            case REFERENCE_PLACES -> tensor;
            case LEVEL -> tensor.to(place.device());
            default -> place.in(tensor);
        };
    }

    /** Whether it is a text, whose length may differ. */
    public boolean isText() {
        return this == CONTEXT || this == CONTROL_CONTEXT;
    }
}

package org.comfyee.diffusion.model;

/** A tensor that a network takes beside the noisy latents. The first dimension of each is the batch. */
public enum TensorSlot {
    /** The text, {@code [batch, tokens, channels]}. Texts of one batch are repeated to the same length. */
    CONTEXT,
    /** A text of its own for control networks, as the other. */
    CONTROL_CONTEXT,
    /** Pooled text, picture sizes and the like, {@code [batch, channels]}. */
    LABEL,
    /** How strongly the text counts, for networks that take it as a number, {@code [batch]}. */
    GUIDANCE;

    /** Whether it is a text, whose length may differ. */
    public boolean isText() {
        return this == CONTEXT || this == CONTROL_CONTEXT;
    }
}

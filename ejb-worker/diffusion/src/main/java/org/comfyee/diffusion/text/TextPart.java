package org.comfyee.diffusion.text;

/** A model that takes part in encoding a text. */
public enum TextPart {
    /** OpenAI's CLIP ViT-L/14. */
    CLIP_L("l"),
    /** OpenCLIP ViT-bigG/14. */
    CLIP_G("g"),
    /** OpenCLIP ViT-H/14. */
    CLIP_H("h"),
    /** The encoder of T5 v1.1 XXL. */
    T5XXL("t5xxl");

    private final String label;

    TextPart(String label) {
        this.label = label;
    }

    /** The name by which files of weights know it. */
    public String file() {
        return this == T5XXL ? label : "clip_" + label;
    }

    /** The short name by which workflows know it. */
    @Override
    public String toString() {
        return label;
    }
}

package org.comfyee.diffusion.text;

import java.util.Map;
import java.util.Set;
import org.comfyee.diffusion.checkpoint.Weights;

/** A text encoder of one CLIP: that of Stable Diffusion 1.x, 2.x and the SDXL refiner. */
public final class SingleTextEncoder implements TextEncoder {
    private final ClipEncoder clip;

    /**
     * @param weights in the layout of Hugging Face or of OpenCLIP, with {@code text_model} or {@code transformer} below
     * @throws java.util.NoSuchElementException if a weight is missing
     */
    public SingleTextEncoder(ClipUse use, Weights weights) {
        this(new ClipEncoder(use, weights));
    }

    private SingleTextEncoder(ClipEncoder clip) {
        this.clip = clip;
    }

    @Override
    public TextEncoder withLastLayer(int layer) {
        return new SingleTextEncoder(clip.withLastLayer(layer));
    }

    @Override
    public TextEncoder unprojected() {
        return new SingleTextEncoder(clip.unprojected());
    }

    @Override
    public TextEncoder withEmbeddings(Embeddings embeddings) {
        return new SingleTextEncoder(clip.with(embeddings));
    }

    @Override
    public Map<TextPart, Weights> parts() {
        return Map.of(clip.part(), clip.weights());
    }

    @Override
    public TextEncoder withParts(Map<TextPart, Weights> changed) {
        return new SingleTextEncoder(clip.withWeights(changed.getOrDefault(clip.part(), clip.weights())));
    }

    @Override
    public EncodedText encode(String prompt) {
        return clip.encode(clip.tokenize(prompt));
    }

    @Override
    public EncodedText encode(Map<TextPart, String> prompts) {
        if (!prompts.keySet().equals(Set.of(clip.part()))) {
            throw new IllegalArgumentException("there are prompts for " + prompts.keySet() + ", but the text encoder only has the part "
                    + clip.part());
        }
        return encode(prompts.get(clip.part()));
    }
}

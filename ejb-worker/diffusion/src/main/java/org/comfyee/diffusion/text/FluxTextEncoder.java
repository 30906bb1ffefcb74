package org.comfyee.diffusion.text;

import java.util.EnumSet;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.TensorScope;

/** The text encoder of Flux: the states of T5, and the pooled text of CLIP-L. */
public final class FluxTextEncoder implements TextEncoder {
    private static final int SHORTEST = 256;

    private final ClipEncoder clip;
    private final T5Encoder t5;

    /** @throws java.util.NoSuchElementException if a weight is missing */
    public FluxTextEncoder(Weights clip, Weights t5) {
        this(new ClipEncoder(ClipUse.SD1_L, clip), new T5Encoder(t5, SHORTEST));
    }

    private FluxTextEncoder(ClipEncoder clip, T5Encoder t5) {
        this.clip = clip;
        this.t5 = t5;
    }

    @Override
    public TextEncoder withLastLayer(int layer) {
        return new FluxTextEncoder(clip.withLastLayer(layer), t5.withLastLayer(layer));
    }

    @Override
    public TextEncoder unprojected() {
        return new FluxTextEncoder(clip.unprojected(), t5);
    }

    @Override
    public TextEncoder withT5Padding(int padding, int shortest) {
        return new FluxTextEncoder(clip, t5.padded(padding, shortest));
    }

    @Override
    public TextEncoder withEmbeddings(Embeddings embeddings) {
        return new FluxTextEncoder(clip.with(embeddings), t5.with(embeddings));
    }

    @Override
    public Map<TextPart, Weights> parts() {
        return Map.of(TextPart.CLIP_L, clip.weights(), TextPart.T5XXL, t5.weights());
    }

    @Override
    public TextEncoder withParts(Map<TextPart, Weights> changed) {
        return new FluxTextEncoder(clip.withWeights(changed.getOrDefault(TextPart.CLIP_L, clip.weights())),
                t5.withWeights(changed.getOrDefault(TextPart.T5XXL, t5.weights())));
    }

    @Override
    public EncodedText encode(String prompt) {
        return encode(Map.of(TextPart.CLIP_L, prompt, TextPart.T5XXL, prompt));
    }

    @Override
    public EncodedText encode(Map<TextPart, String> prompts) {
        if (!prompts.keySet().equals(EnumSet.of(TextPart.CLIP_L, TextPart.T5XXL))) {
            throw new IllegalArgumentException("there are prompts for " + prompts.keySet() + ", but the text encoder has the parts "
                    + TextPart.CLIP_L + " and " + TextPart.T5XXL);
        }
        try (var scope = new TensorScope()) {
            var pooled = clip.encode(clip.tokenize(prompts.get(TextPart.CLIP_L))).pooled();
            return new EncodedText(scope.keep(t5.encode(prompts.get(TextPart.T5XXL))), scope.keep(pooled));
        }
    }
}

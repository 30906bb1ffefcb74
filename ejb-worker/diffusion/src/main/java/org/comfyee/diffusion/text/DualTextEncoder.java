package org.comfyee.diffusion.text;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * The text encoder of SDXL (Podell et al. 2023): the states of CLIP-L and OpenCLIP ViT-bigG side by side, and the pooled
 * text of the latter.
 */
public final class DualTextEncoder implements TextEncoder {
    private final ClipEncoder small;
    private final ClipEncoder big;

    /**
     * @param small the weights of CLIP-L
     * @param big those of ViT-bigG; each in the layout of Hugging Face or of OpenCLIP
     * @throws java.util.NoSuchElementException if a weight is missing
     */
    public DualTextEncoder(Weights small, Weights big) {
        this(new ClipEncoder(ClipUse.SDXL_L, small), new ClipEncoder(ClipUse.SDXL_G, big));
    }

    private DualTextEncoder(ClipEncoder small, ClipEncoder big) {
        this.small = small;
        this.big = big;
    }

    @Override
    public TextEncoder withLastLayer(int layer) {
        return new DualTextEncoder(small.withLastLayer(layer), big.withLastLayer(layer));
    }

    @Override
    public TextEncoder unprojected() {
        return new DualTextEncoder(small.unprojected(), big.unprojected());
    }

    @Override
    public TextEncoder withEmbeddings(Embeddings embeddings) {
        return new DualTextEncoder(small.with(embeddings), big.with(embeddings));
    }

    @Override
    public Map<TextPart, Weights> parts() {
        return Map.of(small.part(), small.weights(), big.part(), big.weights());
    }

    @Override
    public TextEncoder withParts(Map<TextPart, Weights> changed) {
        return new DualTextEncoder(small.withWeights(changed.getOrDefault(small.part(), small.weights())),
                big.withWeights(changed.getOrDefault(big.part(), big.weights())));
    }

    @Override
    public EncodedText encode(String prompt) {
        return encode(small.tokenize(prompt), big.tokenize(prompt));
    }

    @Override
    public EncodedText encode(Map<TextPart, String> prompts) {
        if (!prompts.keySet().equals(EnumSet.of(small.part(), big.part()))) {
            throw new IllegalArgumentException("there are prompts for " + prompts.keySet() + ", but the text encoder has the parts "
                    + small.part() + " and " + big.part());
        }
        var first = small.tokenize(prompts.get(small.part()));
        var second = big.tokenize(prompts.get(big.part()));
        int chunks = Math.max(first.size(), second.size());
        return encode(small.filled(first, chunks), big.filled(second, chunks));
    }

    private EncodedText encode(List<List<Token>> first, List<List<Token>> second) {
        try (var scope = new TensorScope()) {
            var left = small.encode(first);
            var right = big.encode(second);
            long tokens = Math.min(left.cond().size(1), right.cond().size(1));
            var cond = Tensor.cat(List.of(left.cond().narrow(1, 0, tokens), right.cond().narrow(1, 0, tokens)), -1);
            return new EncodedText(scope.keep(cond), scope.keep(right.pooled()));
        }
    }
}

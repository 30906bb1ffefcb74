package org.comfyee.diffusion.text;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** A T5 with its tokenizer. */
final class T5Encoder {
    private static final int LAST = -1;

    private final Weights weights;
    private final T5Model model;
    private final EncodingCache cache;
    private final T5Tokenizer tokenizer;
    private final int layer;

    /** @param shortest how many tokens a prompt has at least */
    T5Encoder(Weights weights, int shortest) {
        this(weights, new T5Tokenizer(shortest, Embeddings.NONE), LAST);
    }

    private T5Encoder(Weights weights, T5Tokenizer tokenizer, int layer) {
        this(weights, new T5Model(weights.changed(each -> Placements.current().shortened(each).remembered())), new EncodingCache(), tokenizer, layer);
    }

    private T5Encoder(Weights weights, T5Model model, EncodingCache cache, T5Tokenizer tokenizer, int layer) {
        this.weights = weights;
        this.model = model;
        this.cache = cache;
        this.tokenizer = tokenizer;
        this.layer = layer;
    }

    Weights weights() {
        return weights;
    }

    T5Encoder with(Embeddings embeddings) {
        return new T5Encoder(weights, model, cache, tokenizer.with(embeddings), layer);
    }

    T5Encoder padded(int padding, int shortest) {
        return new T5Encoder(weights, model, cache, tokenizer.padded(padding, shortest), layer);
    }

    T5Encoder withWeights(Weights changed) {
        return new T5Encoder(changed, tokenizer, layer);
    }

    /** @param newLayer after which the states are taken, counted from the end as -1, -2, ... */
    T5Encoder withLastLayer(int newLayer) {
        return new T5Encoder(weights, model, cache, tokenizer, newLayer);
    }

    int width() {
        return model.width();
    }

    /** @return {@code [1, tokens, channels]}, in the current scope */
    Tensor encode(String prompt) {
        var tokens = List.of(tokenizer.tokenize(prompt));
        return cache.get(List.of(EncodingCache.key(tokens), layer), () -> List.of(encode(tokens))).getFirst();
    }

    private Tensor encode(List<List<Token>> tokens) {
        try (var scope = new TensorScope()) {
            boolean weighted = Emphasis.isIn(tokens);
            var batch = new ArrayList<>(tokens);
            if (weighted) {
                batch.add(T5Tokenizer.empty(tokens.getFirst().size()));
            }
            var states = model.run(batch.stream().map(each -> TokenTable.fitting(each, model.width(), T5Tokenizer.PADDING)).toList(), layer);
            return scope.keep(weighted ? Emphasis.apply(states, tokens) : states);
        }
    }
}

package org.comfyee.diffusion.text;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** The text encoder of Stable Diffusion 1.x: CLIP-L, of which the last hidden state passes the final norm. */
public final class TextEncoder {
    private final ClipTextModel model;
    private final ClipTokenizer tokenizer = new ClipTokenizer(BytePairEncoder.END);
    private final int lastLayer;

    /** @param weights at {@code cond_stage_model.transformer.text_model} */
    public TextEncoder(Weights weights) {
        this(new ClipTextModel(weights), -1);
    }

    private TextEncoder(ClipTextModel model, int lastLayer) {
        this.model = model;
        this.lastLayer = lastLayer;
    }

    /** The same encoder that stops earlier: -1 is the last layer, -2 the one before. */
    public TextEncoder withLastLayer(int layer) {
        return new TextEncoder(model, layer);
    }

    /** Encodes a prompt with its weights; the tensors join the current scope. */
    public EncodedText encode(String prompt) {
        try (var scope = new TensorScope()) {
            var chunks = tokenizer.tokenize(prompt);
            boolean weighted = chunks.stream().flatMap(List::stream).anyMatch(token -> token.weight() != 1);
            var batch = new ArrayList<>(chunks);
            if (weighted) {
                batch.add(tokenizer.empty());
            }
            var ids = batch.stream().map(chunk -> chunk.stream().map(Token::id).toList()).toList();
            var output = model.run(ids, layerIndex());
            var states = model.finalNorm(output.hidden());
            if (weighted) {
                states = emphasized(states, chunks);
            }
            var cond = states.narrow(0, 0, chunks.size()).reshape(1, (long) chunks.size() * ClipTokenizer.CHUNK, states.size(2));
            var pooled = output.last().select(0, 0).narrow(0, ids.getFirst().indexOf(BytePairEncoder.END), 1);
            return new EncodedText(scope.keep(cond.copy()), scope.keep(pooled.copy()));
        }
    }

    private int layerIndex() {
        int index = lastLayer < 0 ? model.layers() + lastLayer : lastLayer;
        return index < 0 || index >= model.layers() ? model.layers() - 1 : index;
    }

    /** Moves each token away from what an empty prompt has in its place. */
    private static Tensor emphasized(Tensor states, List<List<Token>> chunks) {
        var empty = states.narrow(0, chunks.size(), 1);
        var weights = new float[chunks.size() * ClipTokenizer.CHUNK];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = chunks.get(i / ClipTokenizer.CHUNK).get(i % ClipTokenizer.CHUNK).weight();
        }
        var text = states.narrow(0, 0, chunks.size());
        return text.sub(empty).mul(Tensor.of(weights, chunks.size(), ClipTokenizer.CHUNK, 1)).add(empty);
    }
}

package org.comfyee.diffusion.text;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** One CLIP text model, used as a family of diffusion models asks for. */
final class ClipEncoder {
    private final ClipUse use;
    private final Weights weights;
    private final ClipTextModel model;
    private final EncodingCache cache;
    private final ClipTokenizer tokenizer;
    private final int layer;
    private final boolean projected;

    /** @param weights in the layout of Hugging Face or of OpenCLIP, with {@code text_model} or {@code transformer} below */
    ClipEncoder(ClipUse use, Weights weights) {
        this(use, OpenClipLayout.isUsedBy(weights) ? OpenClipLayout.toHuggingFace(weights) : weights, Embeddings.NONE, use.layer, use.projected);
    }

    private ClipEncoder(ClipUse use, Weights weights, Embeddings embeddings, int layer, boolean projected) {
        this(use, weights, new ClipTextModel(weights.changed(each -> Placements.current().rounded(each).remembered()), use.activation()),
                new EncodingCache(), new ClipTokenizer(use.part, embeddings), layer, projected);
    }

    private ClipEncoder(
            ClipUse use, Weights weights, ClipTextModel model, EncodingCache cache, ClipTokenizer tokenizer, int layer, boolean projected) {
        this.use = use;
        this.weights = weights;
        this.model = model;
        this.cache = cache;
        this.tokenizer = tokenizer;
        this.layer = layer;
        this.projected = projected;
    }

    ClipEncoder withLastLayer(int newLayer) {
        return new ClipEncoder(use, weights, model, cache, tokenizer, newLayer, projected);
    }

    /** Leaves the pooled text as the model has it. */
    ClipEncoder unprojected() {
        return new ClipEncoder(use, weights, model, cache, tokenizer, layer, false);
    }

    /** In the layout of Hugging Face. */
    Weights weights() {
        return weights;
    }

    ClipEncoder withWeights(Weights changed) {
        return new ClipEncoder(use, changed, tokenizer.embeddings(), layer, projected);
    }

    ClipEncoder with(Embeddings embeddings) {
        return new ClipEncoder(use, weights, model, cache, new ClipTokenizer(use.part, embeddings), layer, projected);
    }

    TextPart part() {
        return use.part;
    }

    List<List<Token>> tokenize(String prompt) {
        return tokenizer.tokenize(prompt);
    }

    /** The chunks, and as many empty ones as are missing from a number. */
    List<List<Token>> filled(List<List<Token>> chunks, int count) {
        var filled = new ArrayList<>(chunks);
        while (filled.size() < count) {
            filled.add(tokenizer.empty());
        }
        return filled;
    }

    /** Encodes chunks with their weights; the tensors join the current scope. */
    EncodedText encode(List<List<Token>> chunks) {
        var encoded = cache.get(List.of(EncodingCache.key(chunks), layer, projected), () -> {
            var text = encodeAnew(chunks);
            return List.of(text.cond(), text.pooled());
        });
        return new EncodedText(encoded.getFirst(), encoded.getLast());
    }

    private EncodedText encodeAnew(List<List<Token>> chunks) {
        try (var scope = new TensorScope()) {
            boolean weighted = Emphasis.isIn(chunks);
            var batch = filled(chunks, chunks.size() + (weighted ? 1 : 0));
            var fitting = batch.stream().map(chunk -> TokenTable.fitting(chunk, model.width(), tokenizer.padding())).toList();
            boolean beyond = layer < -model.layers() || layer >= model.layers();
            var output = model.run(fitting, beyond ? model.layers() - 1 : Math.floorMod(layer, model.layers()));
            // A layer that the model does not have stands for all layers, and these always end in the norm.
            var states = use.normed || beyond ? model.finalNorm(output.hidden()) : output.hidden();
            if (weighted) {
                states = Emphasis.apply(states, chunks);
            }
            var cond = states.narrow(0, 0, chunks.size()).reshape(1, (long) chunks.size() * ClipTokenizer.CHUNK, states.size(2));
            var pooled = output.last().select(0, 0).narrow(0, TokenTable.end(fitting.getFirst()), 1);
            pooled = projected ? model.project(pooled) : pooled;
            return new EncodedText(scope.keep(cond.copy()), scope.keep(pooled.copy()));
        }
    }
}

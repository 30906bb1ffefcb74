package org.comfyee.diffusion.text;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Placement;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.ClipLayer;
import org.comfyee.torch.Tensor;

/**
 * The text transformer of CLIP (Radford et al. 2021), in the key layout of Hugging Face's CLIPTextModel. A prompt passes
 * it once, so its weights are not kept in float32. It computes where {@link Placements} say.
 */
final class ClipTextModel {
    private static final int HEAD_SIZE = 64;

    private final Placement placement;
    private final Weights weights;
    private final Optional<Parameter> projection;
    private final UnaryOperator<Tensor> activation;
    private final int layers;
    private final int width;

    /** @param root holds {@code text_model} and, for models that project, {@code text_projection} */
    ClipTextModel(Weights root, UnaryOperator<Tensor> activation) {
        placement = Placements.current().forText();
        var placed = root.placedForRareUse(placement);
        weights = placed.at("text_model");
        // Some files hold it as the matrix that it is multiplied by, not as a layer's weight.
        projection = placed.find("text_projection.weight")
                .or(() -> placed.find("text_projection").map(matrix -> matrix.transposed("text_projection.weight")));
        this.activation = activation;
        layers = weights.count("encoder.layers");
        width = (int) weights.size("embeddings.token_embedding.weight", 1);
    }

    int width() {
        return width;
    }

    int layers() {
        return layers;
    }

    /**
     * On the CPU.
     *
     * @param hidden the state after the wanted layer, {@code [batch, tokens, width]}
     * @param last the state after all layers, through the final norm
     */
    record Output(Tensor hidden, Tensor last) {}

    /** @param layer after which the hidden state is taken, 0 for the first */
    Output run(List<List<Token>> tokens, int layer) {
        var hidden = embed(tokens);
        var wanted = hidden;
        for (int i = 0; i < layers; i++) {
            hidden = new ClipLayer(weights.at("encoder.layers." + i), width / HEAD_SIZE, activation, true).apply(hidden);
            if (i == layer) {
                wanted = hidden;
            }
        }
        return new Output(placement.out(wanted), placement.out(norm(hidden)));
    }

    Tensor finalNorm(Tensor hidden) {
        return placement.out(norm(placement.in(hidden)));
    }

    private Tensor norm(Tensor x) {
        return ClipLayer.norm(weights.at("final_layer_norm"), x);
    }

    /**
     * Into the space that texts share with pictures; unchanged by models that do not project.
     *
     * @param pooled {@code [1, width]}
     */
    Tensor project(Tensor pooled) {
        return projection.map(matrix -> placement.out(placement.in(pooled).linear(matrix.borrow(), null))).orElse(pooled);
    }

    private Tensor embed(List<List<Token>> tokens) {
        int length = tokens.getFirst().size();
        var rows = TokenTable.rows(weights.get("embeddings.token_embedding.weight"), tokens);
        var positions = weights.get("embeddings.position_embedding.weight").borrow().narrow(0, 0, length);
        return rows.view(tokens.size(), length, width).add(positions);
    }
}

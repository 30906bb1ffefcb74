package org.comfyee.diffusion.text;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Attention;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * The text transformer of CLIP (Radford et al. 2021), in the key layout of Hugging Face's CLIPTextModel. A prompt passes
 * it once, so its weights are not kept in float32.
 */
final class ClipTextModel {
    private static final int HEAD_SIZE = 64;
    private static final double EPS = 1e-5;

    private final Weights weights;
    private final Optional<Parameter> projection;
    private final UnaryOperator<Tensor> activation;
    private final int layers;
    private final int width;

    /** @param root holds {@code text_model} and, for models that project, {@code text_projection} */
    ClipTextModel(Weights root, UnaryOperator<Tensor> activation) {
        weights = root.at("text_model");
        projection = root.find("text_projection.weight");
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
     * @param hidden the state after the wanted layer, {@code [batch, tokens, width]}
     * @param last the state after all layers, through the final norm
     */
    record Output(Tensor hidden, Tensor last) {}

    /** @param layer after which the hidden state is taken, 0 for the first */
    Output run(List<List<Token>> tokens, int layer) {
        var hidden = embed(tokens);
        var wanted = hidden;
        for (int i = 0; i < layers; i++) {
            try (var scope = new TensorScope()) {
                hidden = scope.keep(layer(weights.at("encoder.layers." + i), hidden));
            }
            if (i == layer) {
                wanted = hidden;
            }
        }
        return new Output(wanted, finalNorm(hidden));
    }

    Tensor finalNorm(Tensor x) {
        return norm(weights.at("final_layer_norm"), x);
    }

    /**
     * Into the space that texts share with pictures.
     *
     * @param pooled {@code [1, width]}
     */
    Tensor project(Tensor pooled) {
        return pooled.linear(projection.orElseThrow(() -> new NoSuchElementException("the text encoder has no text_projection")).borrow(), null);
    }

    private Tensor embed(List<List<Token>> tokens) {
        int length = tokens.getFirst().size();
        var rows = TokenTable.rows(weights.get("embeddings.token_embedding.weight"), tokens);
        var positions = weights.get("embeddings.position_embedding.weight").borrow().narrow(0, 0, length);
        return rows.view(tokens.size(), length, width).add(positions);
    }

    private Tensor layer(Weights layer, Tensor x) {
        var attention = layer.at("self_attn");
        var normed = norm(layer.at("layer_norm1"), x);
        var joined = Attention.apply(linear(attention.at("q_proj"), normed), linear(attention.at("k_proj"), normed),
                linear(attention.at("v_proj"), normed), width / HEAD_SIZE, true);
        var h = x.add(linear(attention.at("out_proj"), joined));
        var inner = linear(layer.at("mlp.fc1"), norm(layer.at("layer_norm2"), h));
        return h.add(linear(layer.at("mlp.fc2"), activation.apply(inner)));
    }

    private static Tensor linear(Weights weights, Tensor x) {
        return x.linear(weights.get("weight").borrow(), weights.get("bias").borrow());
    }

    private static Tensor norm(Weights weights, Tensor x) {
        return x.layerNorm(weights.get("weight").borrow(), weights.get("bias").borrow(), EPS);
    }
}

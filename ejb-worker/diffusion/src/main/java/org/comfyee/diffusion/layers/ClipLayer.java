package org.comfyee.diffusion.layers;

import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * One layer of the transformers of CLIP (Radford et al. 2021), in the key layout of Hugging Face. Its weights are not kept in
 * float32, since a text or a picture passes it once.
 *
 * @param causal whether tokens see only those before them
 */
public record ClipLayer(Weights weights, int heads, UnaryOperator<Tensor> activation, boolean causal) {
    private static final double EPS = 1e-5;

    /** A sigmoid in place of the error function of GELU. */
    public static Tensor quickGelu(Tensor x) {
        return x.mul(x.mul(1.702).sigmoid());
    }

    /** @param x {@code [batch, tokens, width]} */
    public Tensor apply(Tensor x) {
        try (var scope = new TensorScope()) {
            var attention = weights.at("self_attn");
            var normed = norm(weights.at("layer_norm1"), x);
            var joined = Attention.apply(linear(attention.at("q_proj"), normed), linear(attention.at("k_proj"), normed),
                    linear(attention.at("v_proj"), normed), heads, causal);
            var h = x.add(linear(attention.at("out_proj"), joined));
            var inner = linear(weights.at("mlp.fc1"), norm(weights.at("layer_norm2"), h));
            return scope.keep(h.add(linear(weights.at("mlp.fc2"), activation.apply(inner))));
        }
    }

    private static Tensor linear(Weights weights, Tensor x) {
        return x.linear(weights.get("weight").borrow(), weights.get("bias").borrow());
    }

    /** Normalises the last dimension. */
    public static Tensor norm(Weights weights, Tensor x) {
        return x.layerNorm(weights.get("weight").borrow(), weights.get("bias").borrow(), EPS);
    }
}

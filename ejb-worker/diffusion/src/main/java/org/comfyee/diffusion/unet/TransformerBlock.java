package org.comfyee.diffusion.unet;

import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Attention;
import org.comfyee.diffusion.layers.LayerNorm;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Self-attention, cross-attention and a gated feed-forward network, each around a skip connection. Upscalers look at the text twice
 * at high resolutions, in place of the self-attention.
 */
record TransformerBlock(
        LayerNorm norm1, Projections self, LayerNorm norm2, Projections cross, LayerNorm norm3, Linear gate, Linear down) {

    record Projections(Linear query, Linear key, Linear value, Linear out, int heads) {
        static Projections of(Weights weights, int heads) {
            return new Projections(Linear.of(weights.at("to_q")), Linear.of(weights.at("to_k")), Linear.of(weights.at("to_v")),
                    Linear.of(weights.at("to_out.0")), heads);
        }

        /** Whether keys of so many channels are taken. */
        boolean looksAt(Tensor tokens) {
            return key.weight().shape()[1] == tokens.size(2);
        }

        Tensor attend(Tensor x, Tensor context) {
            return out.apply(Attention.apply(query.apply(x), key.apply(context), value.apply(context), heads, false));
        }
    }

    static TransformerBlock of(Weights weights, int heads) {
        return new TransformerBlock(
                LayerNorm.of(weights.at("norm1")), Projections.of(weights.at("attn1"), heads),
                LayerNorm.of(weights.at("norm2")), Projections.of(weights.at("attn2"), heads),
                LayerNorm.of(weights.at("norm3")), Linear.of(weights.at("ff.net.0.proj")), Linear.of(weights.at("ff.net.2")));
    }

    /**
     * @param x {@code [batch, pixels, channels]}
     * @param context {@code [batch, tokens, context channels]}
     */
    Tensor apply(Tensor x, Tensor context) {
        try (var scope = new TensorScope()) {
            var normed = norm1.apply(x);
            var h = x.add(self.attend(normed, first(normed, context)));
            h = h.add(cross.attend(norm2.apply(h), context));
            return scope.keep(h.add(feedForward(norm3.apply(h))));
        }
    }

    /** What the first attention looks at. */
    Tensor first(Tensor normed, Tensor context) {
        return self.looksAt(normed) ? normed : context;
    }

    Tensor feedForward(Tensor x) {
        long channels = gate.weight().shape()[0] / 2;
        var h = gate.outputs(x, 0, channels);
        h.mulInPlace(gate.outputs(x, channels, channels).gelu());
        return down.apply(h);
    }
}

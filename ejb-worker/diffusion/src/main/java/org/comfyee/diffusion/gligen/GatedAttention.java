package org.comfyee.diffusion.gligen;

import java.util.List;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Attention;
import org.comfyee.diffusion.layers.LayerNorm;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Pixels look at each other and at things, and keep of it as much as learnt gates let through (GLIGEN, equation 8). */
record GatedAttention(
        Linear project, LayerNorm norm1, Linear query, Linear key, Linear value, Linear out, Parameter gate1,
        LayerNorm norm2, Linear feedIn, Linear feedOut, Parameter gate2) {
    private static final long SD1_TEXT = 768;
    private static final int SD1_HEADS = 8;
    private static final int HEAD_SIZE = 64;

    static GatedAttention of(Weights weights) {
        return new GatedAttention(Linear.of(weights.at("linear")), LayerNorm.of(weights.at("norm1")),
                Linear.of(weights.at("attn.to_q")), Linear.of(weights.at("attn.to_k")), Linear.of(weights.at("attn.to_v")),
                Linear.of(weights.at("attn.to_out.0")), weights.get("alpha_attn"),
                LayerNorm.of(weights.at("norm2")), Linear.of(weights.at("ff.net.0.proj")), Linear.of(weights.at("ff.net.2")),
                weights.get("alpha_dense"));
    }

    /**
     * @param x {@code [batch, pixels, channels]}
     * @param things {@code [1, things, text channels]}
     */
    Tensor apply(Tensor x, Tensor things) {
        try (var scope = new TensorScope()) {
            var objects = project.apply(things);
            var all = norm1.apply(Tensor.cat(List.of(x, objects.expand(x.size(0), objects.size(1), objects.size(2))), 1));
            // Only the pixels look.
            var pixels = all.narrow(1, 0, x.size(1));
            var attended = out.apply(Attention.apply(query.apply(pixels), key.apply(all), value.apply(all), heads(things, x), false));
            var h = x.add(attended.mul(gate1.get().tanh()));
            var halves = feedIn.apply(norm2.apply(h)).chunk(2, -1);
            return scope.keep(h.add(feedOut.apply(halves.get(0).mul(halves.get(1).gelu())).mul(gate2.get().tanh())));
        }
    }

    /** As in the U-Net that the text encoder of this size belongs to. */
    private static int heads(Tensor things, Tensor x) {
        return things.size(2) == SD1_TEXT ? SD1_HEADS : (int) x.size(2) / HEAD_SIZE;
    }
}

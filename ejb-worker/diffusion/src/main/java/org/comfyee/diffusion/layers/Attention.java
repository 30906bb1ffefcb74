package org.comfyee.diffusion.layers;

import org.comfyee.torch.Tensor;

/** Multi-head attention over projected queries, keys and values. */
public final class Attention {
    private Attention() {}

    /** @param query {@code [batch, tokens, heads * size]}, as keys and values, whose number of tokens may differ */
    public static Tensor apply(Tensor query, Tensor key, Tensor value, int heads, boolean causal) {
        var joined = Tensor.attention(split(query, heads), split(key, heads), split(value, heads), null, causal, null);
        return joined.transpose(1, 2).reshape(query.size(0), query.size(1), query.size(2));
    }

    private static Tensor split(Tensor x, int heads) {
        return x.view(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
    }
}

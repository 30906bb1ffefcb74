package org.comfyee.diffusion.layers;

import java.util.List;
import java.util.Optional;
import org.comfyee.torch.Tensor;

/**
 * Queries, keys and values of attention.
 *
 * @param query {@code [batch, heads, tokens, size]}, as are key and value
 */
public record Heads(Tensor query, Tensor key, Tensor value) {
    /**
     * @param joined queries, keys and values side by side, {@code [batch, tokens, 3 * heads * size]}
     * @param size of a head
     */
    public static Heads of(Tensor joined, long size) {
        long heads = joined.size(2) / 3 / size;
        var split = joined.reshape(joined.size(0), joined.size(1), 3, heads, size).permute(2, 0, 3, 1, 4);
        return new Heads(split.select(0, 0), split.select(0, 1), split.select(0, 2));
    }

    /** These tokens, then others. */
    public Heads then(Heads others) {
        return new Heads(cat(query, others.query), cat(key, others.key), cat(value, others.value));
    }

    private static Tensor cat(Tensor one, Tensor other) {
        return Tensor.cat(List.of(one, other), 2);
    }

    /** @return {@code [batch, tokens, heads * size]} */
    public Tensor attend() {
        return attend(Optional.empty());
    }

    /**
     * @param bias added to the scores, {@code [batch, 1, tokens, tokens]}, if there is one
     * @return {@code [batch, tokens, heads * size]}
     */
    public Tensor attend(Optional<Tensor> bias) {
        var joined = Tensor.attention(query, key, value, bias.orElse(null), false, null);
        return joined.transpose(1, 2).reshape(query.size(0), query.size(2), query.size(1) * query.size(3));
    }
}

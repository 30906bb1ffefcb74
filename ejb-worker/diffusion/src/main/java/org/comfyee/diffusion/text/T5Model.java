package org.comfyee.diffusion.text;

import java.util.List;
import org.comfyee.diffusion.checkpoint.Placement;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.RmsNorm;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * The encoder of T5 v1.1 (Raffel et al. 2020), in the key layout of Hugging Face's T5EncoderModel. A prompt passes it once,
 * so its weights are not kept in float32. It computes where {@link Placements} say.
 */
final class T5Model {
    private static final int BUCKETS = 32;
    private static final int FARTHEST = 128;

    private final Placement placement;
    private final Weights weights;
    private final int layers;
    private final int width;
    private final int heads;

    /** @param weights where {@code encoder} and {@code shared} lie */
    T5Model(Weights weights) {
        placement = Placements.current().forText();
        this.weights = weights.placedForRareUse(placement);
        layers = weights.count("encoder.block");
        width = (int) weights.size("shared.weight", 1);
        heads = (int) bias().size("weight", 1);
    }

    private Weights bias() {
        return weights.at("encoder.block.0.layer.0.SelfAttention.relative_attention_bias");
    }

    int width() {
        return width;
    }

    /**
     * @param layer the last one, counted from the end as -1, -2, ...; one that the model does not have stands for -1
     * @return the states after it, {@code [batch, tokens, width]}, on the CPU, in the current scope
     */
    Tensor run(List<List<Token>> tokens, int layer) {
        try (var scope = new TensorScope()) {
            int length = tokens.getFirst().size();
            var hidden = TokenTable.rows(weights.get("shared.weight"), tokens).view(tokens.size(), length, width);
            var distances = distanceBias(length);
            for (int i = 0; i <= (layer < -layers ? layers - 1 : layers + layer); i++) {
                hidden = layer(weights.at("encoder.block." + i), hidden, distances);
            }
            return scope.keep(placement.out(norm(weights.at("encoder.final_layer_norm"), hidden)));
        }
    }

    private Tensor layer(Weights block, Tensor x, Tensor distances) {
        try (var scope = new TensorScope()) {
            var attention = block.at("layer.0.SelfAttention");
            var normed = norm(block.at("layer.0.layer_norm"), x);
            // The scores are not scaled down: the weights were trained to be small enough.
            var joined = Tensor.attention(split(attention, "q", normed), split(attention, "k", normed), split(attention, "v", normed),
                    distances, false, 1.0);
            var h = x.add(linear(attention, "o", joined.transpose(1, 2).reshape(x.size(0), x.size(1), -1)));
            var feed = block.at("layer.1.DenseReluDense");
            normed = norm(block.at("layer.1.layer_norm"), h);
            var inner = linear(feed, "wi_0", normed).geluTanh().mul(linear(feed, "wi_1", normed));
            return scope.keep(h.add(linear(feed, "wo", inner)));
        }
    }

    private Tensor split(Weights attention, String name, Tensor x) {
        var y = linear(attention, name, x);
        return y.view(y.size(0), y.size(1), heads, y.size(2) / heads).transpose(1, 2);
    }

    private static Tensor linear(Weights weights, String name, Tensor x) {
        return x.linear(weights.get(name + ".weight").borrow(), null);
    }

    private static Tensor norm(Weights weights, Tensor x) {
        return RmsNorm.normalized(x, weights.get("weight").borrow());
    }

    /** What each head adds to the scores by how far apart tokens are, {@code [1, heads, tokens, tokens]}. */
    private Tensor distanceBias(int length) {
        var buckets = new long[length * length];
        for (int from = 0; from < length; from++) {
            for (int to = 0; to < length; to++) {
                buckets[from * length + to] = bucket(to - from);
            }
        }
        return bias().get("weight").rows(Tensor.of(buckets, buckets.length)).to(ScalarType.FLOAT32)
                .view(length, length, heads).permute(2, 0, 1).unsqueeze(0).contiguous();
    }

    /** Near distances have buckets of their own, far ones share them by their logarithm; each direction has half of them. */
    static int bucket(int distance) {
        int half = BUCKETS / 2;
        int exact = half / 2;
        int direction = distance > 0 ? half : 0;
        int far = Math.abs(distance);
        if (far < exact) {
            return direction + far;
        }
        // In single precision, which decides at the borders.
        float share = (float) Math.log((float) far / exact) / (float) Math.log((double) FARTHEST / exact);
        return direction + Math.min(half - 1, exact + (int) (share * (half - exact)));
    }
}

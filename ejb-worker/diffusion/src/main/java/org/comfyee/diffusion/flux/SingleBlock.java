package org.comfyee.diffusion.flux;

import java.util.List;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.diffusion.layers.Modulation;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Attention and feed-forward network side by side, over text and picture alike. */
record SingleBlock(Linear modulation, Linear in, NormedAttention attention, Linear out) {

    static SingleBlock of(Weights weights) {
        return new SingleBlock(Linear.of(weights.at("modulation.lin")), Linear.of(weights.at("linear1")),
                NormedAttention.of(weights.at("norm")), Linear.of(weights.at("linear2")));
    }

    /** @param tokens {@code [batch, tokens, channels]} */
    Tensor apply(Tensor tokens, Tensor vector, TokenAttention together) {
        try (var scope = new TensorScope()) {
            var moves = Modulation.of(modulation, vector);
            var inner = in.apply(Modulation.apply(tokens, moves.get(0), moves.get(1)));
            long channels = tokens.size(2);
            var attended = together.apply(attention.heads(inner.narrow(2, 0, 3 * channels)));
            var fed = inner.narrow(2, 3 * channels, inner.size(2) - 3 * channels).geluTanh();
            return scope.keep(Overflow.cut(tokens.add(out.apply(Tensor.cat(List.of(attended, fed), 2)).mul(moves.get(2)))));
        }
    }
}

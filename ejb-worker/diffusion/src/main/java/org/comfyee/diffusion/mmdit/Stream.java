package org.comfyee.diffusion.mmdit;

import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.FeedForward;
import org.comfyee.diffusion.layers.Heads;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.diffusion.layers.Modulation;
import org.comfyee.diffusion.layers.RmsNorm;
import org.comfyee.torch.Tensor;

/**
 * What text or picture goes through in a block.
 *
 * @param attention shared with the other stream
 * @param own a second attention among its own tokens, which some blocks have
 * @param feed absent where the tokens are not used any more after the attention
 */
record Stream(Linear modulation, Attention attention, Optional<Attention> own, Optional<FeedForward> feed) {
    private static final int HEAD_SIZE = 64;

    /** @param out absent where the result is not used */
    record Attention(Linear joined, Optional<RmsNorm> query, Optional<RmsNorm> key, Optional<Linear> out) {
        static Attention of(Weights weights) {
            return new Attention(Linear.of(weights.at("qkv")), weights.find("ln_q.weight").map(RmsNorm::new),
                    weights.find("ln_k.weight").map(RmsNorm::new),
                    weights.has("proj") ? Optional.of(Linear.of(weights.at("proj"))) : Optional.empty());
        }

        Heads heads(Tensor tokens) {
            var heads = Heads.of(joined.apply(tokens), HEAD_SIZE);
            return new Heads(query.map(norm -> norm.apply(heads.query())).orElse(heads.query()),
                    key.map(norm -> norm.apply(heads.key())).orElse(heads.key()), heads.value());
        }
    }

    static Stream of(Weights weights) {
        var feed = weights.has("mlp")
                ? Optional.of(new FeedForward(Linear.of(weights.at("mlp.fc1")), Tensor::geluTanh, Linear.of(weights.at("mlp.fc2"))))
                : Optional.<FeedForward>empty();
        return new Stream(Linear.of(weights.at("adaLN_modulation.1")), Attention.of(weights.at("attn")),
                weights.has("attn2") ? Optional.of(Attention.of(weights.at("attn2"))) : Optional.empty(), feed);
    }

    List<Tensor> moves(Tensor vector) {
        return Modulation.of(modulation, vector);
    }

    Heads heads(Tensor tokens, List<Tensor> moves) {
        return attention.heads(Modulation.apply(tokens, moves.get(0), moves.get(1)));
    }

    /** The tokens after the block, given what the shared attention made of them. */
    Optional<Tensor> finish(Tensor tokens, Tensor attended, List<Tensor> moves) {
        if (feed.isEmpty()) {
            return Optional.empty();
        }
        var h = tokens.add(attention.out().orElseThrow().apply(attended).mul(moves.get(2)));
        if (own.isPresent()) {
            var among = own.get().heads(Modulation.apply(tokens, moves.get(6), moves.get(7))).attend();
            h = h.add(own.get().out().orElseThrow().apply(among).mul(moves.get(8)));
        }
        return Optional.of(h.add(feed.get().apply(Modulation.apply(h, moves.get(3), moves.get(4))).mul(moves.get(5))));
    }
}

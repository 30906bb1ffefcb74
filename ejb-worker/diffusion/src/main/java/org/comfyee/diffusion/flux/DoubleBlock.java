package org.comfyee.diffusion.flux;

import java.util.List;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.FeedForward;
import org.comfyee.diffusion.layers.Heads;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.diffusion.layers.Modulation;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Attention over text and picture together, with weights of their own for each. */
record DoubleBlock(Stream picture, Stream text) {

    /** What one kind of tokens goes through. */
    private record Stream(Linear modulation, Linear joined, NormedAttention attention, Linear out, FeedForward feed) {
        static Stream of(Weights weights, String kind) {
            return new Stream(Linear.of(weights.at(kind + "_mod.lin")), Linear.of(weights.at(kind + "_attn.qkv")),
                    NormedAttention.of(weights.at(kind + "_attn.norm")), Linear.of(weights.at(kind + "_attn.proj")),
                    new FeedForward(Linear.of(weights.at(kind + "_mlp.0")), Tensor::geluTanh, Linear.of(weights.at(kind + "_mlp.2"))));
        }

        Heads heads(Tensor tokens, List<Tensor> moves) {
            return attention.heads(joined.apply(Modulation.apply(tokens, moves.get(0), moves.get(1))));
        }

        Tensor finish(Tensor tokens, Tensor attended, List<Tensor> moves) {
            var h = tokens.add(out.apply(attended).mul(moves.get(2)));
            return h.add(feed.apply(Modulation.apply(h, moves.get(3), moves.get(4))).mul(moves.get(5)));
        }
    }

    /** @param picture {@code [batch, tokens, channels]} */
    record Tokens(Tensor picture, Tensor text) {}

    static DoubleBlock of(Weights weights) {
        return new DoubleBlock(Stream.of(weights, "img"), Stream.of(weights, "txt"));
    }

    Tokens apply(Tokens tokens, Tensor vector, TokenAttention together) {
        try (var scope = new TensorScope()) {
            var pictureMoves = Modulation.of(picture.modulation(), vector);
            var textMoves = Modulation.of(text.modulation(), vector);
            var heads = text.heads(tokens.text(), textMoves).then(picture.heads(tokens.picture(), pictureMoves));
            var attended = together.apply(heads);
            long words = tokens.text().size(1);
            return new Tokens(
                    scope.keep(picture.finish(tokens.picture(), attended.narrow(1, words, tokens.picture().size(1)), pictureMoves)),
                    scope.keep(Overflow.cut(text.finish(tokens.text(), attended.narrow(1, 0, words), textMoves))));
        }
    }
}

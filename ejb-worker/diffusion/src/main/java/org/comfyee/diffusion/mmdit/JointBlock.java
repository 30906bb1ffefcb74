package org.comfyee.diffusion.mmdit;

import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Attention over text and picture together, with weights of their own for each. */
record JointBlock(Stream text, Stream picture) {

    /** @param text absent after the last block */
    record Tokens(Optional<Tensor> text, Tensor picture) {}

    static JointBlock of(Weights weights) {
        return new JointBlock(Stream.of(weights.at("context_block")), Stream.of(weights.at("x_block")));
    }

    Tokens apply(Tokens tokens, Tensor vector) {
        try (var scope = new TensorScope()) {
            var words = tokens.text().orElseThrow();
            var textMoves = text.moves(vector);
            var pictureMoves = picture.moves(vector);
            var attended = text.heads(words, textMoves).then(picture.heads(tokens.picture(), pictureMoves)).attend();
            long count = words.size(1);
            var pictureAfter = picture.finish(tokens.picture(), attended.narrow(1, count, tokens.picture().size(1)), pictureMoves);
            return new Tokens(text.finish(words, attended.narrow(1, 0, count), textMoves).map(scope::keep), scope.keep(pictureAfter.orElseThrow()));
        }
    }
}

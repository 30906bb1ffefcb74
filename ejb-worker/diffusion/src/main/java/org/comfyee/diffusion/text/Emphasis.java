package org.comfyee.diffusion.text;

import java.util.List;
import org.comfyee.torch.Tensor;

/** What weights of a prompt's parts do to its states. */
final class Emphasis {
    private Emphasis() {}

    static boolean isIn(List<List<Token>> chunks) {
        return chunks.stream().flatMap(List::stream).anyMatch(token -> token.weight() != 1);
    }

    /**
     * Moves each token away from what an empty prompt has in its place.
     *
     * @param states of the chunks, and last of an empty one, {@code [chunks + 1, tokens, channels]}
     */
    static Tensor apply(Tensor states, List<List<Token>> chunks) {
        int length = chunks.getFirst().size();
        var weights = new float[chunks.size() * length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = chunks.get(i / length).get(i % length).weight();
        }
        var empty = states.narrow(0, chunks.size(), 1);
        var text = states.narrow(0, 0, chunks.size());
        return text.sub(empty).mul(Tensor.of(weights, chunks.size(), length, 1)).add(empty);
    }
}

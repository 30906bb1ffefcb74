package org.comfyee.diffusion.text;

import java.util.Optional;
import org.comfyee.torch.Tensor;

/**
 * A place of a prompt and how much it counts.
 *
 * @param id the number of the vocabulary; of no account where there is a vector
 * @param vector what stands in place of the vocabulary's vector, {@code [channels]} float32
 */
public record Token(int id, float weight, Optional<Tensor> vector) {
    static Token of(int id, double weight) {
        return new Token(id, (float) weight, Optional.empty());
    }

    static Token plain(int id) {
        return of(id, 1);
    }

    static Token learnt(Tensor vector, double weight) {
        return new Token(0, (float) weight, Optional.of(vector));
    }
}

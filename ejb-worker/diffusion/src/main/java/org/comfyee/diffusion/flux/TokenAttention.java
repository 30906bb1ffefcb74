package org.comfyee.diffusion.flux;

import java.util.Optional;
import org.comfyee.diffusion.layers.Heads;
import org.comfyee.torch.Tensor;

/**
 * How tokens of text and picture see each other.
 *
 * @param rotary turns queries and keys by their places
 * @param bias added to the scores, {@code [batch, 1, tokens, tokens]}, if there is one
 */
record TokenAttention(Rotary rotary, Optional<Tensor> bias) {
    /** @return {@code [batch, tokens, heads * size]} */
    Tensor apply(Heads heads) {
        return rotary.apply(heads).attend(bias.map(each -> each.to(heads.query().dtype())));
    }
}

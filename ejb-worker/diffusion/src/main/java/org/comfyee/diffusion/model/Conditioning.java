package org.comfyee.diffusion.model;

import java.util.List;
import org.comfyee.torch.Tensor;

/** What the model is asked for: one or more texts, each for a part of the picture or of the sampling. */
public record Conditioning(List<Entry> entries) {

    /**
     * @param text {@code [1, tokens, channels]}
     * @param pooled {@code [1, channels]}
     */
    public record Entry(Tensor text, Tensor pooled) {}

    public static Conditioning of(Tensor text, Tensor pooled) {
        return new Conditioning(List.of(new Entry(text, pooled)));
    }

}

package org.comfyee.diffusion.text;

import org.comfyee.torch.Tensor;

/**
 * @param cond one vector for each token, {@code [1, tokens, channels]}
 * @param pooled one vector for the whole text, {@code [1, channels]}
 */
public record EncodedText(Tensor cond, Tensor pooled) {}

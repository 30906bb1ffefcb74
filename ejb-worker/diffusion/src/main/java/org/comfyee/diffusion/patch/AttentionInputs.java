package org.comfyee.diffusion.patch;

import org.comfyee.torch.Tensor;

/**
 * What an attention looks with and what it looks at.
 *
 * @param query {@code [batch, tokens, channels]}
 * @param key {@code [batch, other tokens, other channels]}
 * @param value as many tokens as the keys
 */
public record AttentionInputs(Tensor query, Tensor key, Tensor value) {}

package org.comfyee.diffusion.vision;

import org.comfyee.torch.Tensor;

/**
 * What a vision model sees in pictures, on the CPU.
 *
 * @param lastHidden {@code [batch, tokens, width]} after all layers
 * @param penultimateHidden the same after all layers but one
 * @param embeds one vector for each picture, {@code [batch, channels]}; with SigLIP the states of all tokens
 */
public record ClipVisionOutput(Tensor lastHidden, Tensor penultimateHidden, Tensor embeds) {}

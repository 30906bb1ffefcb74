package org.comfyee.diffusion.model;

import org.comfyee.torch.Tensor;

/**
 * Pictures that guide beside a text, as a vision model sees them.
 *
 * @param embeds one vector for each, {@code [pictures, channels]}
 * @param strength how much they count
 * @param noise how much noise hides their details, 0 to 1
 */
public record GuidingPictures(Tensor embeds, double strength, double noise) {}

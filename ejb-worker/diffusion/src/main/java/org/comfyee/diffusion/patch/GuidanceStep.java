package org.comfyee.diffusion.patch;

import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.torch.Tensor;

/**
 * Predictions that are to become one guess of the noise-free latents.
 *
 * @param x noisy latents {@code [batch, channels, height, width]}
 * @param wanted the guess with the wanted text
 * @param unwanted the guess with the unwanted text, zeros if it was not asked for
 * @param scale how much the wanted text counts; 1 leaves the other out
 * @param asksUnwanted whether the unwanted text was asked for
 * @param pair whether no further predictions are mixed in beside these two
 */
public record GuidanceStep(
        Tensor x, float sigma, Tensor wanted, Tensor unwanted, double scale, boolean asksUnwanted, boolean pair, Questions questions) {

    /** Asks the model once more, at the sigma of the step. */
    public interface Questions {
        /** The guess with the wanted text, and with further patches. */
        Tensor wanted(Tensor x, NetworkPatch... further);

        /** The guess with the unwanted text, and with further patches. */
        Tensor unwanted(Tensor x, NetworkPatch... further);

        /** The guess with another text, which is not a wanted one. */
        Tensor other(Conditioning conditioning, Tensor x);
    }

    /** The same step with other guesses. */
    public GuidanceStep with(Tensor newWanted, Tensor newUnwanted) {
        return new GuidanceStep(x, sigma, newWanted, newUnwanted, scale, asksUnwanted, pair, questions);
    }
}

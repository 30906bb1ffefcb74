package org.comfyee.diffusion.control;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.Proportions;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/**
 * In which form a control network takes its picture.
 *
 * @param multiple of pixels that each side is rounded up to
 * @param change of the pixels
 * @param gray whether colours are averaged
 * @param latents the form of the latents, for networks that take them in place of pixels
 * @param masked whether a mask is another channel, 1 where the picture counts
 */
public record HintForm(int multiple, UnaryOperator<Tensor> change, boolean gray, Optional<LatentFormat> latents, boolean masked) {
    private static final int PIXELS_PER_LATENT = 8;

    /** Pixels, 0 to 1. */
    static final HintForm PIXELS = new HintForm(1, pixels -> pixels, false, Optional.empty(), false);

    static HintForm latents(LatentFormat format, boolean masked) {
        return new HintForm(1, pixels -> pixels, false, Optional.of(format), masked);
    }

    HintForm changed(UnaryOperator<Tensor> newChange) {
        return new HintForm(multiple, newChange, gray, latents, masked);
    }

    /**
     * @param x the latents that are steered
     * @return one hint for each picture, in the current scope
     * @throws IllegalArgumentException if an autoencoder is needed and there is none
     */
    Tensor prepared(AppliedControl applied, Tensor x) {
        if (latents.isPresent() && applied.vae().isEmpty()) {
            throw new IllegalArgumentException("this control network takes latents and needs a VAE: apply it with a node that has a vae input, "
                    + "and connect it");
        }
        var sized = fitted(applied.picture(), roundedUp(x.size(2) * PIXELS_PER_LATENT), roundedUp(x.size(3) * PIXELS_PER_LATENT));
        var pixels = change.apply(gray && sized.size(1) > 1 ? sized.mean(1, true) : sized);
        var hint = latents.map(format -> format.toModel(applied.vae().orElseThrow().encode(pixels.permute(0, 2, 3, 1)))).orElse(pixels);
        var masks = masked && applied.masks().isEmpty() ? List.of(Tensor.ones(ScalarType.FLOAT32, 1, 1, 1, 1)) : applied.masks();
        if (masks.isEmpty()) {
            return hint;
        }
        var channels = new ArrayList<>(List.of(hint));
        masks.forEach(mask -> channels.add(repeated(fitted(mask, hint.size(2), hint.size(3)), hint.size(0))));
        return Tensor.cat(channels, 1);
    }

    private long roundedUp(long pixels) {
        return Math.ceilDiv(pixels, multiple) * multiple;
    }

    private static Tensor fitted(Tensor picture, long height, long width) {
        return Proportions.centered(picture, width, height).upsampleNearestExact(height, width);
    }

    static Tensor repeated(Tensor x, long items) {
        var times = new long[x.dim()];
        Arrays.fill(times, 1);
        times[0] = Math.ceilDiv(items, x.size(0));
        return x.repeat(times).narrow(0, 0, items);
    }
}

package org.comfyee.diffusion.patch;

import java.util.List;
import java.util.Map;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.torch.Tensor;

/**
 * Amplifies half of the channels that a U-Net's decoder carries, and the lowest frequencies of what skips to it, where the network
 * is deep (Si et al. 2023, "FreeU: Free Lunch in Diffusion U-Net").
 *
 * @param factors by the number of channels
 * @param adaptive whether the decoder's channels are amplified the more where their mean is larger
 */
public record FreeLunch(Map<Long, Factors> factors, boolean adaptive) implements NetworkPatch {
    private static final String FIRST_WEIGHT = "input_blocks.0.0.weight";

    /** Factors for what the decoder carries, and for what skips. */
    public record Factors(double carried, double skipped) {}

    /**
     * For the lowest resolution with four times the channels of the highest, and for that with twice as many.
     *
     * @throws IllegalArgumentException if the model has no U-Net
     */
    public static FreeLunch of(DiffusionModel model, double carried4, double carried2, double skipped4, double skipped2, boolean adaptive) {
        var first = model.source().weights().find(FIRST_WEIGHT)
                .orElseThrow(() -> new IllegalArgumentException(
                        "FreeU is for models with a U-Net; this one has no weight " + FIRST_WEIGHT));
        long channels = first.shape()[0];
        var factors = Map.of(4 * channels, new Factors(carried4, skipped4), 2 * channels, new Factors(carried2, skipped2));
        return new FreeLunch(factors, adaptive);
    }

    @Override
    public Joint beforeOutput(Pass pass, int block, Joint joint) {
        var known = factors.get(joint.h().size(1));
        if (known == null) {
            return joint;
        }
        return new Joint(amplified(joint.h(), known.carried()), weakened(joint.skip(), known.skipped()));
    }

    /** A side of one cell has one frequency, and that is a low one; as the same cell twice it has no other either. */
    private static Tensor weakened(Tensor skip, double factor) {
        long height = skip.size(2);
        long width = skip.size(3);
        var map = height == 1 || width == 1 ? skip.repeat(1, 1, height == 1 ? 2 : 1, width == 1 ? 2 : 1) : skip;
        return FrequencyWindow.scaled(map, 1, factor, 1).narrow(2, 0, height).narrow(3, 0, width);
    }

    private Tensor amplified(Tensor h, double factor) {
        long half = h.size(1) / 2;
        var first = h.narrow(1, 0, half);
        var rest = h.narrow(1, half, h.size(1) - half);
        return Tensor.cat(List.of(adaptive ? first.mul(where(h).mul(factor - 1).add(1)) : first.mul(factor), rest), 1);
    }

    /** How large the mean of all channels is in each place, 0 to 1. */
    private static Tensor where(Tensor h) {
        var mean = h.mean(1, true);
        var lowest = PerItem.min(mean);
        return mean.sub(lowest).div(PerItem.max(mean).sub(lowest));
    }
}

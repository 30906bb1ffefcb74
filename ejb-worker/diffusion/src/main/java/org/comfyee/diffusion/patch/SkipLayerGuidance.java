package org.comfyee.diffusion.patch;

import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.torch.Tensor;

/**
 * Guidance away from what a transformer makes of the picture without some of its blocks.
 *
 * @param start the sigma from which on it counts
 * @param end the sigma down to which it counts
 * @param rescaling how far the contrast is brought back towards that of the wanted guess, 0 to 1
 */
public record SkipLayerGuidance(SkippedLayers layers, double scale, double start, double end, double rescaling) implements GuidancePatch {

    /** @param startPercent share of the sampling, as is endPercent */
    public static SkipLayerGuidance of(
            ModelSampling sampling, SkippedLayers layers, double scale, double startPercent, double endPercent, double rescaling) {
        return new SkipLayerGuidance(layers, scale, sampling.percentToSigma(startPercent), sampling.percentToSigma(endPercent), rescaling);
    }

    @Override
    public Tensor after(GuidanceStep step, Tensor guided) {
        if (scale <= 0 || step.sigma() < end || step.sigma() > start) {
            return guided;
        }
        var moved = guided.add(step.wanted().sub(step.questions().wanted(step.x(), layers)).mul(scale));
        if (rescaling == 0) {
            return moved;
        }
        double contrast = deviation(step.wanted()) / deviation(moved);
        return moved.mul(rescaling * contrast + 1 - rescaling);
    }

    /** Of all values of the batch. */
    private static double deviation(Tensor x) {
        return PerItem.deviation(x.unsqueeze(0)).item();
    }
}

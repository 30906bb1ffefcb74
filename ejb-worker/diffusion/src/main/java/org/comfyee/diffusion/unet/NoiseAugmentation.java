package org.comfyee.diffusion.unet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.GuidingPictures;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Hides details of the vectors of pictures under noise and says how much of it there is (Ho et al. 2022, "Cascaded Diffusion
 * Models", in the form of Stable Diffusion 2.1 unCLIP). The noise grows by a squared cosine (Nichol and Dhariwal 2021).
 */
public final class NoiseAugmentation {
    private static final int LEVELS = 1000;
    private static final double OFFSET = 0.008;
    private static final double LARGEST_STEP = 0.999;
    /** Apart from the seeds of other noise. */
    static final long SEED_OFFSET = -10;

    private final Optional<Parameter> mean;
    private final Optional<Parameter> deviation;
    private final float[] signal = new float[LEVELS];
    private final float[] noise = new float[LEVELS];

    /** @param statistics of the vectors in training, {@code data_mean} and {@code data_std}, if they are known */
    public NoiseAugmentation(Weights statistics) {
        mean = statistics.find("data_mean");
        deviation = statistics.find("data_std");
        double left = 1;
        for (int i = 0; i < LEVELS; i++) {
            left *= 1 - Math.min(1 - curve(i + 1) / curve(i), LARGEST_STEP);
            signal[i] = (float) Math.sqrt(left);
            noise[i] = (float) Math.sqrt(1 - left);
        }
    }

    private static double curve(int step) {
        double cosine = Math.cos(((double) step / LEVELS + OFFSET) / (1 + OFFSET) * Math.PI / 2);
        return cosine * cosine;
    }

    /**
     * @param seed of the sampling
     * @param mergedNoise how much noise hides the sum of several pictures, 0 to 1
     * @return the vector of the picture or of all pictures together, then sinusoids of how much noise there is,
     *         {@code [1, 2 * channels]}
     */
    Tensor label(List<GuidingPictures> pictures, long seed, double mergedNoise) {
        try (var scope = new TensorScope(); var generator = Generator.seeded(seed + SEED_OFFSET)) {
            var labels = new ArrayList<Tensor>();
            for (var each : pictures) {
                for (var vector : each.embeds().split(1, 0)) {
                    generator.reseed(seed + SEED_OFFSET);
                    labels.add(hidden(vector, each.noise(), generator).mul(each.strength()));
                }
            }
            if (labels.size() == 1) {
                return scope.keep(labels.getFirst());
            }
            var sum = Tensor.stack(labels, 0).sum(0, false);
            return scope.keep(hidden(sum.narrow(1, 0, sum.size(1) / 2), mergedNoise, generator));
        }
    }

    private Tensor hidden(Tensor vector, double share, Generator generator) {
        int level = (int) Math.rint((LEVELS - 1) * share);
        var standard = mean.isPresent() ? vector.sub(row(mean)).div(row(deviation)) : vector;
        var noisy = standard.mul(signal[level]).add(Tensor.randn(generator, ScalarType.FLOAT32, vector.shape()).mul(noise[level]));
        var back = mean.isPresent() ? noisy.mul(row(deviation)).add(row(mean)) : noisy;
        return Tensor.cat(List.of(back, Timesteps.embed(new float[] {level}, (int) vector.size(1))), 1);
    }

    private static Tensor row(Optional<Parameter> statistic) {
        return statistic.orElseThrow().borrow().reshape(1, -1);
    }
}

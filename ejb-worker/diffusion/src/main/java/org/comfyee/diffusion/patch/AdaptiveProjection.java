package org.comfyee.diffusion.patch;

import java.util.Optional;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Guidance with momentum and of limited length, whose part along the wanted guess is scaled apart (Sadat et al. 2024, "Eliminating
 * Oversaturation and Artifacts of High Guidance Scales in Diffusion Models"). Lives for one sampling.
 */
public final class AdaptiveProjection implements GuidancePatch {
    private static final double NEARLY_NOTHING = 1e-12;

    private final double alongScale;
    private final double longest;
    private final double momentum;
    private Optional<Tensor> average = Optional.empty();
    private float lastSigma = Float.POSITIVE_INFINITY;

    /**
     * @param alongScale for the part of the guidance along the wanted guess
     * @param longest length of the guidance of an item, 0 for any
     * @param momentum how much of the guidance before is added; 0 remembers nothing
     */
    public AdaptiveProjection(double alongScale, double longest, double momentum) {
        this.alongScale = alongScale;
        this.longest = longest;
        this.momentum = momentum;
    }

    @Override
    public GuidanceStep before(GuidanceStep step) {
        var difference = step.wanted().sub(step.unwanted());
        var guidance = momentum == 0 ? difference : averaged(difference, step.sigma());
        if (longest > 0) {
            guidance = guidance.mul(PerItem.norm(guidance).reciprocal().mul(longest).clamp(0, 1));
        }
        var direction = step.wanted().div(PerItem.norm(step.wanted()).clamp(NEARLY_NOTHING, Double.MAX_VALUE));
        var along = direction.mul(PerItem.dot(guidance, direction));
        var projected = guidance.sub(along).add(along.mul(alongScale));
        return step.with(step.unwanted().add(projected).add(difference.div(step.scale())), step.unwanted());
    }

    private Tensor averaged(Tensor difference, float sigma) {
        if (sigma > lastSigma) {
            average = Optional.empty();
        }
        lastSigma = sigma;
        // It outlives the scope of its step.
        var next = TensorScope.escape(average.map(old -> old.mul(momentum).add(difference)).orElseGet(difference::copy));
        average.ifPresent(Tensor::close);
        average = Optional.of(next);
        return next;
    }
}

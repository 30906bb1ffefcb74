package org.comfyee.diffusion.sampling;

import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Guidance by two wanted texts and an unwanted one.
 *
 * @param scale how much the first text counts against the second
 * @param secondScale how much the second counts against the unwanted one
 * @param nested whether the second guidance is applied to the result of the first, rather than both being added
 */
public record DualCfgGuider(
        DiffusionModel model, Conditioning first, Conditioning second, Conditioning negative, double scale, double secondScale, boolean nested)
        implements Guider {

    @Override
    public Denoiser start(ModelRun run, Tensor latents, boolean alwaysUnconditional) {
        var predictor = Predictor.prepare(run, latents, List.of(first, second, negative));
        boolean asksNegative = nested || alwaysUnconditional || run.needsUnwanted() || !Guider.isOne(secondScale);
        boolean asksSecond = asksNegative || !Guider.isOne(scale);
        int asked = asksNegative ? 3 : asksSecond ? 2 : 1;
        var part = predictor.first(asked);
        return (x, sigma) -> {
            try (var scope = new TensorScope()) {
                var predictions = part.predict(x, sigma);
                var one = predictions.getFirst();
                var two = asked > 1 ? predictions.get(1) : Predictor.nothing(x);
                var none = asked > 2 ? predictions.get(2) : Predictor.nothing(x);
                if (nested) {
                    var step = new GuidanceStep(x, sigma, one, two, scale, asked > 1, true, part.questions(sigma, 0, 1));
                    var guided = none.add(run.mixed(step).sub(none).mul(secondScale));
                    return new Denoiser.Guess(scope.keep(guided), scope.keep(two));
                }
                var step = new GuidanceStep(x, sigma, two, none, secondScale, asked > 2, true, part.questions(sigma, 1, 2));
                var guided = run.mixed(step).add(one.sub(two).mul(scale));
                return new Denoiser.Guess(scope.keep(guided), scope.keep(none));
            }
        };
    }
}

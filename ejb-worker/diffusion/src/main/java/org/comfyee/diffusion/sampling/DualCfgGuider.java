package org.comfyee.diffusion.sampling;

import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.GuidanceRule;
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
    public Denoiser start(Tensor latents, boolean alwaysUnconditional) {
        var predictor = Predictor.prepare(model, latents, List.of(first, second, negative));
        boolean asksNegative = alwaysUnconditional || !Guider.isOne(secondScale);
        boolean asksSecond = asksNegative || !Guider.isOne(scale);
        int asked = asksNegative ? 3 : asksSecond ? 2 : 1;
        var part = predictor.first(asked);
        return (x, sigma) -> {
            try (var scope = new TensorScope()) {
                var predictions = part.predict(x, sigma);
                var one = predictions.getFirst();
                var two = asked > 1 ? predictions.get(1) : Predictor.nothing(x);
                var none = asked > 2 ? predictions.get(2) : Predictor.nothing(x);
                return new Denoiser.Guess(scope.keep(asked == 1 ? one : mixed(x, sigma, one, two, none)), scope.keep(none));
            }
        };
    }

    private Tensor mixed(Tensor x, float sigma, Tensor one, Tensor two, Tensor none) {
        if (nested) {
            var inner = model.guidance().mix(new GuidanceRule.Step(x, sigma, one, two, scale));
            return none.add(inner.sub(none).mul(secondScale));
        }
        return model.guidance().mix(new GuidanceRule.Step(x, sigma, two, none, secondScale)).add(one.sub(two).mul(scale));
    }
}

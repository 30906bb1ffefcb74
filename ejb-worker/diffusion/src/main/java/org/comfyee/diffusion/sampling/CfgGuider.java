package org.comfyee.diffusion.sampling;

import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.GuidanceRule;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Guidance by one wanted and one unwanted text.
 *
 * @param negative the unwanted text; where there is none, the wanted one counts alone
 * @param scale of the guidance; at 1 the unwanted text is not asked for
 */
public record CfgGuider(DiffusionModel model, Conditioning positive, Optional<Conditioning> negative, double scale) implements Guider {

    @Override
    public Denoiser start(Tensor latents, boolean alwaysUnconditional) {
        boolean asksBoth = negative.isPresent() && (alwaysUnconditional || !Guider.isOne(scale));
        // Both are prepared even if one is asked: areas of the one also divide the other.
        var both = Predictor.prepare(model, latents, negative.map(each -> List.of(positive, each)).orElse(List.of(positive)));
        var predictor = asksBoth ? both : both.first(1);
        return (x, sigma) -> {
            try (var scope = new TensorScope()) {
                var predictions = predictor.predict(x, sigma);
                var wanted = predictions.getFirst();
                if (!asksBoth) {
                    return new Denoiser.Guess(scope.keep(wanted), scope.keep(Predictor.nothing(x)));
                }
                var unwanted = predictions.get(1);
                var mixed = model.guidance().mix(new GuidanceRule.Step(x, sigma, wanted, unwanted, scale));
                return new Denoiser.Guess(scope.keep(mixed), scope.keep(unwanted));
            }
        };
    }
}

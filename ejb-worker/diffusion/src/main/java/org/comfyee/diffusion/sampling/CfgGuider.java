package org.comfyee.diffusion.sampling;

import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.GuidanceStep;
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
    public Denoiser start(ModelRun run, Tensor latents, boolean alwaysUnconditional) {
        boolean asksBoth = negative.isPresent() && (alwaysUnconditional || run.needsUnwanted() || !Guider.isOne(scale));
        // Both are prepared even if one is asked: areas of the one also divide the other.
        var both = Predictor.prepare(run, latents, negative.map(each -> List.of(positive, each)).orElse(List.of(positive)));
        var predictor = asksBoth ? both : both.first(1);
        return (x, sigma) -> {
            try (var scope = new TensorScope()) {
                var further = run.onlyForUnwanted(sigma);
                var predictions = asksBoth && !further.isEmpty() ? predictor.predictApart(x, sigma, further) : predictor.predict(x, sigma);
                var unwanted = asksBoth ? predictions.get(1) : Predictor.nothing(x);
                var step = run.prepared(new GuidanceStep(x, sigma, predictions.getFirst(), unwanted, scale, asksBoth, true,
                        predictor.questions(sigma, 0, 1)));
                return new Denoiser.Guess(scope.keep(run.mixed(step)), scope.keep(step.unwanted()));
            }
        };
    }
}

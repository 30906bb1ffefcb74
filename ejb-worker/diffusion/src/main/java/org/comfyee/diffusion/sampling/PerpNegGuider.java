package org.comfyee.diffusion.sampling;

import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Guidance away from that part of the unwanted text which does not also belong to the wanted one (Armandpour et al. 2023,
 * "Re-imagine the Negative Prompt Algorithm").
 *
 * @param empty the conditioning of an empty text
 * @param negativeScale how much the unwanted text counts
 */
public record PerpNegGuider(
        DiffusionModel model, Conditioning positive, Conditioning negative, Conditioning empty, double scale, double negativeScale)
        implements Guider {

    @Override
    public Denoiser start(ModelRun run, Tensor latents, boolean alwaysUnconditional) {
        var predictor = Predictor.prepare(run, latents, List.of(positive, negative, empty));
        boolean asksNegative = alwaysUnconditional || run.needsUnwanted() || negativeScale != 0;
        // A scale of 1 takes away and adds again the guess for the empty text, whatever it is.
        boolean asksEmpty = asksNegative || !Guider.isOne(scale);
        var asked = predictor.asking(true, asksNegative, asksEmpty);
        return (x, sigma) -> {
            try (var scope = new TensorScope()) {
                var predictions = asked.predict(x, sigma);
                var step = run.prepared(new GuidanceStep(x, sigma, predictions.getFirst(), predictions.get(1), scale, asksNegative, false,
                        predictor.questions(sigma, 0, 1)));
                var guided = guided(step.wanted(), step.unwanted(), predictions.get(2), scale, negativeScale);
                return new Denoiser.Guess(scope.keep(run.finished(step, guided)), scope.keep(step.unwanted()));
            }
        };
    }

    /** Mixes three predictions of one shape, be they of latents or of noise. */
    public static Tensor guided(Tensor wanted, Tensor unwanted, Tensor empty, double scale, double negativeScale) {
        var towards = wanted.sub(empty);
        var away = unwanted.sub(empty);
        double along = towards.mul(away).sum().item() / towards.square().sum().item();
        var across = away.sub(towards.mul(along));
        return empty.add(towards.sub(across.mul(negativeScale)).mul(scale));
    }
}

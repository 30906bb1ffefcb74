package org.comfyee.diffusion.sampling;

import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
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
    public Denoiser start(Tensor latents, boolean alwaysUnconditional) {
        var predictor = Predictor.prepare(model, latents, List.of(positive, negative, empty));
        return (x, sigma) -> {
            try (var scope = new TensorScope()) {
                var predictions = predictor.predict(x, sigma);
                var base = predictions.get(2);
                var wanted = predictions.get(0).sub(base);
                var unwanted = predictions.get(1).sub(base);
                double along = wanted.mul(unwanted).sum().item() / wanted.square().sum().item();
                var across = unwanted.sub(wanted.mul(along));
                var guided = base.add(wanted.sub(across.mul(negativeScale)).mul(scale));
                return new Denoiser.Guess(scope.keep(guided), scope.keep(base));
            }
        };
    }
}

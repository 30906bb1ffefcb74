package org.comfyee.diffusion.sampling;

import java.util.Optional;
import org.comfyee.torch.Tensor;

/** The mean of predictions, weighted cell by cell. */
final class Mix {
    /** Keeps cells that nothing counts for from being divided by 0. */
    private static final double NEARLY_NOTHING = 1e-37;

    private final Tensor x;
    private Optional<Tensor> only = Optional.empty();
    private Tensor sum;
    private Tensor weights;

    /** @param x of the shape of the mean */
    Mix(Tensor x) {
        this.x = x;
    }

    /** A prediction that counts as its part says. */
    void add(ConditioningPart part, Tensor prediction) {
        if (only.isEmpty() && sum == null && part.countsEvenly()) {
            only = Optional.of(prediction);
        } else {
            add(part, part.weight(x), prediction);
        }
    }

    /** @param weight how much the prediction counts in each cell of the part's area */
    void add(ConditioningPart part, Tensor weight, Tensor prediction) {
        if (sum == null) {
            sum = only.map(Tensor::copy).orElseGet(() -> Predictor.nothing(x));
            weights = Predictor.nothing(x).add(only.isPresent() ? 1 : NEARLY_NOTHING);
        }
        var cells = part.cells(x);
        ConditioningPart.crop(sum, cells).addInPlace(prediction.mul(weight));
        ConditioningPart.crop(weights, cells).addInPlace(weight);
    }

    Tensor result() {
        return sum == null ? only.orElseGet(() -> Predictor.nothing(x)) : sum.div(weights);
    }
}

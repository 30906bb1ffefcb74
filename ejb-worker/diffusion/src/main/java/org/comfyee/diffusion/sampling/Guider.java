package org.comfyee.diffusion.sampling;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Classifier-free guidance (Ho and Salimans 2022): what the positive text adds to the negative one, amplified. */
final class Guider implements Denoiser {
    /** Texts whose lengths differ more than that are not padded to one batch. */
    private static final int MOST_REPEATS = 4;

    private final DiffusionModel model;
    private final Conditioning positive;
    private final Conditioning negative;
    private final double scale;
    private final boolean alwaysUnconditional;

    Guider(DiffusionModel model, Conditioning positive, Conditioning negative, double scale, boolean alwaysUnconditional) {
        this.model = model;
        this.positive = positive;
        this.negative = negative;
        this.scale = scale;
        this.alwaysUnconditional = alwaysUnconditional;
    }

    @Override
    public Guess guess(Tensor x, float sigma) {
        try (var scope = new TensorScope()) {
            if (Math.abs(scale - 1) < 1e-9 && !alwaysUnconditional) {
                var only = scope.keep(mean(predict(x, sigma, positive.entries())));
                return new Guess(only, only);
            }
            // The negative texts come first, as in ComfyUI: sums of floats depend on the order.
            var entries = new ArrayList<>(negative.entries());
            entries.addAll(positive.entries());
            var predictions = predict(x, sigma, entries);
            var unwanted = mean(predictions.subList(0, negative.entries().size()));
            var wanted = mean(predictions.subList(negative.entries().size(), predictions.size()));
            return new Guess(scope.keep(unwanted.add(wanted.sub(unwanted).mul(scale))), scope.keep(unwanted));
        }
    }

    private static Tensor mean(List<Tensor> predictions) {
        var sum = predictions.getFirst();
        for (var other : predictions.subList(1, predictions.size())) {
            sum = sum.add(other);
        }
        return predictions.size() == 1 ? sum : sum.div(predictions.size());
    }

    /** One prediction for each text: all in one pass of the network if their lengths allow it. */
    private List<Tensor> predict(Tensor x, float sigma, List<Conditioning.Entry> entries) {
        long common = entries.stream().mapToLong(entry -> entry.text().size(1)).reduce(1, Guider::leastCommonMultiple);
        long shortest = entries.stream().mapToLong(entry -> entry.text().size(1)).min().orElse(1);
        if (common / shortest > MOST_REPEATS) {
            return entries.stream().flatMap(entry -> predict(x, sigma, List.of(entry)).stream()).toList();
        }
        long batch = x.size(0);
        var texts = entries.stream().map(entry -> entry.text().repeat(batch, common / entry.text().size(1), 1)).toList();
        var inputs = entries.stream().map(_ -> x).toList();
        var output = model.denoise(Tensor.cat(inputs, 0), sigma, Tensor.cat(texts, 0));
        return output.chunk(entries.size(), 0);
    }

    private static long leastCommonMultiple(long a, long b) {
        long x = a;
        long y = b;
        while (y != 0) {
            long rest = x % y;
            x = y;
            y = rest;
        }
        return a / x * b;
    }
}

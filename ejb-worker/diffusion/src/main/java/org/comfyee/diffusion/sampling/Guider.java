package org.comfyee.diffusion.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.TensorSlot;
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
        var given = entries.stream().map(entry -> model.family().tensors(entry, x)).toList();
        var lengths = given.stream().mapToLong(tensors -> tensors.get(TensorSlot.CONTEXT).size(1)).toArray();
        long common = LongStream.of(lengths).reduce(1, Guider::leastCommonMultiple);
        if (common / LongStream.of(lengths).min().orElse(1) > MOST_REPEATS) {
            return entries.stream().flatMap(entry -> predict(x, sigma, List.of(entry)).stream()).toList();
        }
        var joined = new EnumMap<TensorSlot, Tensor>(TensorSlot.class);
        for (var slot : given.getFirst().keySet()) {
            joined.put(slot, Tensor.cat(given.stream().map(tensors -> forBatch(slot, tensors.get(slot), x.size(0), common)).toList(), 0));
        }
        var inputs = entries.stream().map(_ -> x).toList();
        return model.denoise(Tensor.cat(inputs, 0), sigma, joined, Optional.empty()).chunk(entries.size(), 0);
    }

    private static Tensor forBatch(TensorSlot slot, Tensor tensor, long batch, long tokens) {
        var repeats = new long[tensor.dim()];
        Arrays.fill(repeats, 1);
        repeats[0] = batch / tensor.size(0);
        if (slot == TensorSlot.CONTEXT) {
            repeats[1] = tokens / tensor.size(1);
        }
        return tensor.repeat(repeats);
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

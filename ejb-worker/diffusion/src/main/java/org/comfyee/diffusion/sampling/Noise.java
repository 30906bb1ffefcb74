package org.comfyee.diffusion.sampling;

import java.util.ArrayList;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.List;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/** The noise that a seed stands for, equal on every machine. */
public final class Noise {
    private Noise() {}

    /**
     * @param batchIndex for each item its place in the batch it was taken from, if it was: such an item gets the noise
     *        that it had there
     */
    public static Tensor prepare(long seed, Optional<List<Integer>> batchIndex, long... shape) {
        try (var generator = Generator.seeded(seed)) {
            return batchIndex.isPresent() ? indexed(generator, batchIndex.get(), shape) : Tensor.randn(generator, ScalarType.FLOAT32, shape);
        }
    }

    private static Tensor indexed(Generator generator, List<Integer> batchIndex, long[] shape) {
        var item = shape.clone();
        item[0] = 1;
        var wanted = new TreeSet<>(batchIndex);
        var drawn = new TreeMap<Integer, Tensor>();
        for (int i = 0; i <= wanted.last(); i++) {
            var noise = Tensor.randn(generator, ScalarType.FLOAT32, item);
            if (wanted.contains(i)) {
                drawn.put(i, noise);
            }
        }
        var ordered = new ArrayList<Tensor>();
        batchIndex.forEach(index -> ordered.add(drawn.get(index)));
        return Tensor.cat(ordered, 0);
    }
}

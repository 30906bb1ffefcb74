package org.comfyee.diffusion.vae;

import java.util.List;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** Three blocks of TAESD and one convolution that changes the size. */
record TinyStage(Conv2d resize, List<TinyResidual> blocks) {
    private static final int BLOCKS = 3;

    /** @param first number of its first layer */
    static TinyStage down(Weights weights, int first) {
        return new TinyStage(Conv2d.strided(weights.at(Integer.toString(first)), 2, 1), residuals(weights, first + 1));
    }

    /** @param first number of its first layer */
    static TinyStage up(Weights weights, int first) {
        return new TinyStage(Conv2d.of(weights.at(Integer.toString(first + BLOCKS + 1))), residuals(weights, first));
    }

    private static List<TinyResidual> residuals(Weights weights, int first) {
        return IntStream.range(first, first + BLOCKS).mapToObj(i -> TinyResidual.of(weights.at(Integer.toString(i)))).toList();
    }

    Tensor shrink(Tensor x) {
        try (var scope = new TensorScope()) {
            return scope.keep(run(resize.apply(x)));
        }
    }

    Tensor grow(Tensor x) {
        try (var scope = new TensorScope()) {
            var h = run(x);
            return scope.keep(resize.apply(h.upsampleNearest(h.size(2) * 2, h.size(3) * 2)));
        }
    }

    private Tensor run(Tensor x) {
        var h = x;
        for (var block : blocks) {
            h = block.apply(h);
        }
        return h;
    }
}

package org.comfyee.diffusion.sampling;

import java.util.function.Supplier;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** A generator of a seed, as it is after the noise of latents was drawn from it; drawn when it is first asked for. */
final class Chance implements Supplier<Generator>, AutoCloseable {
    private final Generator generator;
    private final long[] shape;
    private boolean drawn;

    Chance(long seed, long[] shape) {
        generator = Generator.seeded(seed);
        this.shape = shape;
    }

    @Override
    public Generator get() {
        if (!drawn) {
            try (var _ = new TensorScope()) {
                Tensor.randn(generator, ScalarType.FLOAT32, shape);
            }
            drawn = true;
        }
        return generator;
    }

    @Override
    public void close() {
        generator.close();
    }
}

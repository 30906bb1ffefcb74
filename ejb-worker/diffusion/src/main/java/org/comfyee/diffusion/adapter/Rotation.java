package org.comfyee.diffusion.adapter;

import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/** Orthogonal matrices from any square ones, by Cayley's transform. */
final class Rotation {
    private static final double TINY = 1e-8;

    private Rotation() {}

    /**
     * @param blocks {@code [..., size, size]}
     * @param limit of the norm of what is transformed, 0 for none
     */
    static Tensor of(Tensor blocks, double limit) {
        var skew = blocks.sub(blocks.transpose(blocks.dim() - 2, blocks.dim() - 1));
        if (limit > 0) {
            double norm = Math.sqrt(skew.square().sum().item()) + TINY;
            skew = norm > limit ? skew.mul(limit / norm) : skew;
        }
        var identity = identity(skew);
        return identity.add(skew).matmul(identity.sub(skew).inverse());
    }

    /** The identity of the size of blocks. */
    static Tensor identity(Tensor blocks) {
        int size = (int) blocks.size(-1);
        var values = new float[size * size];
        for (int i = 0; i < size; i++) {
            values[i * size + i] = 1;
        }
        return Tensor.of(values, size, size).to(ScalarType.FLOAT32);
    }
}

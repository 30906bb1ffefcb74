package org.comfyee.diffusion.adapter;

import org.comfyee.torch.Tensor;

/** Kernels of convolutions as a small kernel between two matrices. */
final class Tucker {
    private Tucker() {}

    /**
     * @param core {@code [i, j, height, width]}
     * @param left {@code [i, out]}
     * @param right {@code [j, in]}
     * @return {@code [out, in, height, width]}
     */
    static Tensor product(Tensor core, Tensor left, Tensor right) {
        return left.transpose(0, 1).matmul(core.permute(2, 3, 0, 1)).matmul(right).permute(2, 3, 0, 1);
    }
}

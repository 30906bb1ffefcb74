package org.comfyee.diffusion.flux;

import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/** Flux was trained in bfloat16: some of its values exceed what float16 holds. */
final class Overflow {
    private Overflow() {}

    /** The values, in float16 the largest finite ones in the place of infinities. */
    static Tensor cut(Tensor x) {
        return x.dtype() == ScalarType.FLOAT16 ? x.nanToNum() : x;
    }
}

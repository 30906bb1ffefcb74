package org.comfyee.diffusion.vae;

import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.torch.Tensor;

/** Three convolutions around a skip connection, of TAESD. */
record TinyResidual(Conv2d first, Conv2d second, Conv2d third) {
    static TinyResidual of(Weights weights) {
        return new TinyResidual(Conv2d.of(weights.at("conv.0")), Conv2d.of(weights.at("conv.2")), Conv2d.of(weights.at("conv.4")));
    }

    Tensor apply(Tensor x) {
        return third.apply(second.apply(first.apply(x).relu()).relu()).add(x).relu();
    }
}

package org.comfyee.diffusion.checkpoint;

import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/** Where a model computes, and with which type of numbers. What it is given and what it gives is float32 on the CPU. */
public record Placement(Device device, ScalarType type) {
    public static final Placement USUAL = new Placement(Device.CPU, ScalarType.FLOAT32);

    /** A tensor of floats as the model takes it; it goes to its device in the shorter of both types. */
    public Tensor in(Tensor x) {
        return x.dtype().elementSize() < type.elementSize() ? x.to(device).to(type) : x.to(type).to(device);
    }

    /** What the model gives, for everybody else. */
    public Tensor out(Tensor x) {
        return x.to(Device.CPU).to(ScalarType.FLOAT32);
    }
}

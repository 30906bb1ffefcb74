package org.comfyee.diffusion.model;

import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.comfyee.torch.Tensor;

/**
 * What a network is given.
 *
 * @param x latents in the network's units, {@code [batch, channels, height, width]}
 * @param timesteps one for each item of the batch
 * @param tensors what else its family asks for
 * @param control what control networks add, if any
 */
public record NetworkInput(Tensor x, float[] timesteps, Map<TensorSlot, Tensor> tensors, Optional<ControlResiduals> control) {

    public Optional<Tensor> find(TensorSlot slot) {
        return Optional.ofNullable(tensors.get(slot));
    }

    /** @throws NoSuchElementException that names what the conditioning lacks */
    public Tensor get(TensorSlot slot) {
        return find(slot).orElseThrow(() -> new NoSuchElementException("the conditioning gives this model no " + slot));
    }
}

package org.comfyee.diffusion.model;

import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.torch.Tensor;

/**
 * What a network is given.
 *
 * @param x latents in the network's units, {@code [batch, channels, height, width]}
 * @param timesteps one for each item of the batch
 * @param tensors what else its family asks for
 * @param control what control networks add, if any
 * @param pass the patches that take part
 */
public record NetworkInput(
        Tensor x, float[] timesteps, Map<TensorSlot, Tensor> tensors, Optional<ControlResiduals> control, Pass pass) {

    /** Without patches. */
    public NetworkInput(Tensor x, float[] timesteps, Map<TensorSlot, Tensor> tensors, Optional<ControlResiduals> control) {
        this(x, timesteps, tensors, control, Pass.PLAIN);
    }

    /** Empty if the conditioning says nothing of the kind. */
    public Optional<Tensor> find(TensorSlot slot) {
        return Optional.ofNullable(tensors.get(slot));
    }

    /** @throws NoSuchElementException that names what the conditioning lacks */
    public Tensor get(TensorSlot slot) {
        return find(slot).orElseThrow(() -> new NoSuchElementException("the conditioning gives this model no " + slot));
    }
}

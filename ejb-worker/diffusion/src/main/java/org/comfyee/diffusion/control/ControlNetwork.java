package org.comfyee.diffusion.control;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.torch.Tensor;

/** Computes what is added to a diffusion model's feature maps. */
@FunctionalInterface
public interface ControlNetwork {
    /** @return valid in the current scope; none is changed afterwards */
    ControlResiduals predict(Input input);

    /** Whether the picture alone decides, so that one answer serves all steps. */
    default boolean isConstant() {
        return false;
    }

    /**
     * @param x latents as the diffusion network gets them, {@code [batch, channels, height, width]}
     * @param timesteps one for each item of the batch
     * @param hint the picture in the form that the network takes, one for all items or one for each
     * @param tensors what the diffusion network is told of the conditioning
     * @param types of picture
     */
    record Input(Tensor x, float[] timesteps, Tensor hint, Map<TensorSlot, Tensor> tensors, List<Integer> types) {
        /** The text, which may be one of its own. */
        public Tensor context() {
            return Optional.ofNullable(tensors.get(TensorSlot.CONTROL_CONTEXT)).orElseGet(() -> get(TensorSlot.CONTEXT));
        }

        /** @throws NoSuchElementException that names what the conditioning lacks */
        public Tensor get(TensorSlot slot) {
            return find(slot).orElseThrow(() -> new NoSuchElementException("the diffusion model gives its control network no " + slot
                    + ": it is of another family"));
        }

        public Optional<Tensor> find(TensorSlot slot) {
            return Optional.ofNullable(tensors.get(slot));
        }
    }
}

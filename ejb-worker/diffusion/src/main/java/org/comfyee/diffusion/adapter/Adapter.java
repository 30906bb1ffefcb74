package org.comfyee.diffusion.adapter;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.torch.Tensor;

/** A learnt change of one weight. */
sealed interface Adapter permits LowRank, Hadamard, Kronecker, GeneralLora, Orthogonal, Butterfly, Difference, Replacement {
    /**
     * The weight after the change; itself stays as it is.
     *
     * @param weight in float32
     * @param order puts the rows of what was learnt into the weight's order
     * @throws RuntimeException if the shapes do not fit
     */
    Tensor apply(Tensor weight, double strength, UnaryOperator<Tensor> order);

    /** The shape that the weight gets, if not the one it has. */
    default Optional<long[]> newShape() {
        return Optional.empty();
    }
}

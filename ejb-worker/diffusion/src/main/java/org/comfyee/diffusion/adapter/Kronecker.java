package org.comfyee.diffusion.adapter;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.torch.Tensor;

/** The Kronecker product of two matrices, or of a matrix and a kernel (Yeh et al. 2023, "LyCORIS"; known as LoKr). */
record Kronecker(Factor first, Factor second, Magnitude magnitude) implements Adapter {

    /** A matrix as it is, or as a product. */
    sealed interface Factor {
        Tensor value();

        /** Absent where it is no product. */
        Optional<Long> rank();
    }

    record Whole(Parameter weight) implements Factor {
        @Override
        public Tensor value() {
            return weight.borrow();
        }

        @Override
        public Optional<Long> rank() {
            return Optional.empty();
        }
    }

    record Product(Parameter left, Parameter right, Optional<Parameter> core) implements Factor {
        @Override
        public Tensor value() {
            return core.map(each -> Tucker.product(each.borrow(), left.borrow(), right.borrow()))
                    .orElseGet(() -> left.borrow().matmul(right.borrow()));
        }

        @Override
        public Optional<Long> rank() {
            return Optional.of(right.shape()[0]);
        }
    }

    @Override
    public Tensor apply(Tensor weight, double strength, UnaryOperator<Tensor> order) {
        var rank = second.rank().or(first::rank);
        return magnitude.apply(weight, product(first.value(), second.value()), magnitude.scale(rank), strength, order);
    }

    /** Each element of the first is replaced by the second, scaled by it. */
    private static Tensor product(Tensor a, Tensor b) {
        long inner = b.numel() / (b.size(0) * b.size(1));
        return a.reshape(a.size(0), 1, a.size(1), 1, 1).mul(b.reshape(1, b.size(0), 1, b.size(1), inner));
    }
}

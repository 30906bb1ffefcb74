package org.comfyee.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The weight of a two-dimensional convolution, laid out for the processor. On a CPU, oneDNN computes float32 convolutions
 * from weights in an order of its own; libtorch brings a plain weight into that order at each call, which can take longer
 * than the convolution. For use by several threads.
 */
public final class ConvolutionKernel {
    private static final String CONVOLUTION = "aoti_torch_cpu_mkldnn__convolution_pointwise";
    private static final long[] NO_DILATION = {1, 1};
    private static final long ONE_GROUP = 1;

    private static final class Functions {
        static final MethodHandle CONVOLVE = Native.function(CONVOLUTION, FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS,
                ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
        static final MemorySegment NO_ACTIVATION = Arena.global().allocateFrom("none");
        static final MemorySegment NO_DILATION = Arena.global().allocateFrom(JAVA_LONG, ConvolutionKernel.NO_DILATION);
    }

    /**
     * @param inputs shapes of inputs that this order is the best for
     */
    private record Order(Tensor weight, List<long[]> inputs) {
        static Order of(Tensor weight, long[] input) {
            return new Order(weight, new CopyOnWriteArrayList<>(List.of(input)));
        }

        boolean suits(long[] input) {
            for (var known : inputs) {
                if (Arrays.equals(known, input)) {
                    return true;
                }
            }
            return false;
        }
    }

    private final long[] stride;
    private final long[] padding;
    private final MemorySegment strideArgument;
    private final MemorySegment paddingArgument;
    private final boolean packed;
    private volatile Order order;

    private ConvolutionKernel(Tensor weight, long stride, long padding, Optional<long[]> input) {
        this.stride = new long[] {stride, stride};
        this.padding = new long[] {padding, padding};
        strideArgument = Arena.ofAuto().allocateFrom(JAVA_LONG, this.stride);
        paddingArgument = Arena.ofAuto().allocateFrom(JAVA_LONG, this.padding);
        packed = input.isPresent() && weight.device().isCpu() && weight.dtype() == ScalarType.FLOAT32 && Torch.symbol(CONVOLUTION).isPresent();
        // Where oneDNN is not asked, convolutions are fastest when the channels of a pixel lie side by side.
        order = packed
                ? Order.of(pack(Operator.PACK_CONVOLUTION, weight, input.get()), input.get())
                : new Order(weight.channelsLast(), List.of());
    }

    /**
     * A kernel to be kept.
     *
     * @param weight {@code [out, in, height, width]}; a copy is kept
     * @param input shape of an input as it will be convolved
     */
    public static ConvolutionKernel of(Tensor weight, long stride, long padding, long... input) {
        try (var _ = new TensorScope()) {
            var kernel = new ConvolutionKernel(weight, stride, padding, Optional.of(input));
            TensorScope.escape(kernel.order.weight());
            return kernel;
        }
    }

    /** A kernel to be used in the current scope, for which no order is worth while. */
    public static ConvolutionKernel passing(Tensor weight, long stride, long padding) {
        return new ConvolutionKernel(weight, stride, padding, Optional.empty());
    }

    private Tensor pack(Operator operator, Tensor weight, long[] input) {
        return operator.call(weight, padding, stride, NO_DILATION, ONE_GROUP, input);
    }

    /**
     * Convolution of {@code [batch, in, height, width]}.
     *
     * @param bias {@code [out]} or null
     */
    public Tensor apply(Tensor x, Tensor bias) {
        if (!packed) {
            return x.conv2d(order.weight(), bias, stride[0], padding[0]);
        }
        var shape = x.shape();
        var current = order;
        return convolve(x, (current.suits(shape) ? current : orderFor(shape)).weight(), bias);
    }

    /** The order depends on the size of the input, though rarely: the weight is only exchanged if it does. */
    private synchronized Order orderFor(long[] shape) {
        if (!order.suits(shape)) {
            try (var _ = new TensorScope()) {
                var candidate = pack(Operator.REPACK_CONVOLUTION, order.weight(), shape);
                if (Arrays.equals(layout(candidate), layout(order.weight()))) {
                    order.inputs().add(shape);
                } else {
                    order = Order.of(TensorScope.escape(candidate), shape);
                }
            }
        }
        return order;
    }

    private static long[] layout(Tensor weight) {
        return Operator.LAYOUT_OF_PACKED.call(weight).toLongs();
    }

    private Tensor convolve(Tensor x, Tensor weight, Tensor bias) {
        var scratch = Native.scratch();
        var biasArgument = MemorySegment.NULL;
        if (bias != null) {
            biasArgument = scratch.stack;
            biasArgument.set(ADDRESS, 0, bias.handle());
        }
        try {
            Native.check((int) Functions.CONVOLVE.invokeExact(x.handle(), weight.handle(), biasArgument, paddingArgument, 2L,
                    strideArgument, 2L, Functions.NO_DILATION, 2L, ONE_GROUP, Functions.NO_ACTIVATION, MemorySegment.NULL, 0L,
                    MemorySegment.NULL, scratch.out));
        } catch (Throwable e) {
            throw Native.rethrow(e);
        } finally {
            // Another thread may exchange the order meanwhile.
            Reference.reachabilityFence(weight);
        }
        return Tensor.take(scratch.out, x, weight);
    }
}

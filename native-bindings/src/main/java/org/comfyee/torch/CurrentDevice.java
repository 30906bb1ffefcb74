package org.comfyee.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;

/**
 * Makes a GPU the calling thread's current one until it is closed, by the same thread; other devices need nothing. Operators
 * find the GPU of their tensors themselves, but what CUDA is asked for without a tensor is that of the current one: a thread
 * that computes on the second GPU would else take up memory of the first.
 */
public final class CurrentDevice implements AutoCloseable {
    private static final String OPEN = "aoti_torch_create_cuda_guard";
    private static final String CLOSE = "aoti_torch_delete_cuda_guard";

    private final MemorySegment guard;

    /** @throws TorchException if there is no such GPU */
    public CurrentDevice(Device device) {
        guard = device.isCuda() ? open(device.index()) : MemorySegment.NULL;
    }

    private static MemorySegment open(int index) {
        Torch.requireCuda(index);
        try {
            var out = Native.out();
            Native.check((int) Native.function(OPEN, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS)).invokeExact(index, out));
            return out.get(ADDRESS, 0);
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }

    @Override
    public void close() {
        if (guard.equals(MemorySegment.NULL)) {
            return;
        }
        try {
            Native.check((int) Native.function(CLOSE, FunctionDescriptor.of(JAVA_INT, ADDRESS)).invokeExact(guard));
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }
}

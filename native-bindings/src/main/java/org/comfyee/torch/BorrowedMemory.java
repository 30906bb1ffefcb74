package org.comfyee.torch;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.comfyee.torch.ffm.TorchShim;
import org.comfyee.torch.ffm.torch_from_blob$deleter;

/** Memory of Java's that tensors look into: kept reachable until libtorch tells that the last view of it is gone. */
final class BorrowedMemory {
    private static final ConcurrentHashMap<Long, MemorySegment> LENT = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong(1);
    private static final MemorySegment GIVEN_BACK =
            torch_from_blob$deleter.allocate((data, loan) -> LENT.remove(loan.address()), Arena.global());

    private BorrowedMemory() {}

    static Tensor wrap(MemorySegment data, ScalarType type, long... shape) {
        long bytes = Math.multiplyExact(Arrays.stream(shape).reduce(1, Math::multiplyExact), type.elementSize());
        if (!data.isNative() || data.byteSize() != bytes) {
            throw new IllegalArgumentException(data.byteSize() + " bytes for " + type + Arrays.toString(shape)
                    + ", expected " + bytes + " bytes of native memory");
        }
        long loan = NEXT.getAndIncrement();
        LENT.put(loan, data);
        try (var arena = Arena.ofConfined()) {
            var out = Native.out();
            Native.check(TorchShim.torch_from_blob(data, shape.length, arena.allocateFrom(JAVA_LONG, shape),
                    arena.allocateFrom(JAVA_LONG, contiguousStrides(shape)), 0, type.code, Device.Type.CPU.code, -1, out,
                    TorchShim.aoti_torch_layout_strided(), MemorySegment.NULL, 0, GIVEN_BACK, MemorySegment.ofAddress(loan)));
            return Tensor.take(out);
        } catch (TorchException e) {
            LENT.remove(loan);
            throw e;
        }
    }

    private static long[] contiguousStrides(long[] shape) {
        var strides = new long[shape.length];
        long stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape[i];
        }
        return strides;
    }
}

package org.comfyee.torch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.comfyee.torch.ffm.TorchCpuShim;

/**
 * A source of random numbers on the CPU (MT19937), bit-equal to PyTorch's {@code torch.Generator().manual_seed(seed)}.
 * For one thread at a time.
 */
public final class Generator implements AutoCloseable {
    // Larger than 16 bytes, so that the linker passes the address of the result as C++ does for a class type.
    private static final MemoryLayout RESULT = MemoryLayout.structLayout(JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private static final class Functions {
        static final MethodHandle CREATE =
                Native.function("_ZN2at6detail18createCPUGeneratorEm", FunctionDescriptor.of(RESULT, JAVA_LONG));
        static final MethodHandle SEED =
                Native.function("_ZN2at16CPUGeneratorImpl16set_current_seedEm", FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
    }

    /** Generators are never freed by libtorch's C interface; closed ones wait here to be seeded again. */
    private static final ConcurrentLinkedQueue<MemorySegment> IDLE = new ConcurrentLinkedQueue<>();

    private MemorySegment generator;

    private Generator(MemorySegment generator) {
        this.generator = generator;
    }

    /** A generator with the given seed (all 64 bits are taken; MT19937 uses the low 32). */
    public static Generator seeded(long seed) {
        var idle = IDLE.poll();
        var generator = new Generator(idle != null ? idle : create());
        generator.reseed(seed);
        return generator;
    }

    private static MemorySegment create() {
        try {
            return (MemorySegment) Functions.CREATE.invokeExact((SegmentAllocator) Arena.global(), 0L);
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }

    /** Starts the sequence of another seed. */
    public void reseed(long seed) {
        try {
            // The handle is a pointer to the implementation object.
            Functions.SEED.invokeExact(handle().get(ADDRESS, 0), seed);
        } catch (Throwable e) {
            throw Native.rethrow(e);
        }
    }

    Tensor normal(ScalarType type, long... shape) {
        try (var arena = Arena.ofConfined()) {
            var out = Native.out();
            Native.check(TorchCpuShim.aoti_torch_cpu_randn_generator(arena.allocateFrom(JAVA_LONG, shape), shape.length,
                    arena.allocateFrom(ADDRESS, handle()), arena.allocateFrom(JAVA_INT, type.code),
                    MemorySegment.NULL, MemorySegment.NULL, 0, MemorySegment.NULL, out));
            return Tensor.take(out);
        }
    }

    Tensor uniform(ScalarType type, long... shape) {
        try (var arena = Arena.ofConfined()) {
            var out = Native.out();
            Native.check(TorchCpuShim.aoti_torch_cpu_rand_generator(arena.allocateFrom(JAVA_LONG, shape), shape.length,
                    arena.allocateFrom(ADDRESS, handle()), arena.allocateFrom(JAVA_INT, type.code),
                    MemorySegment.NULL, MemorySegment.NULL, 0, MemorySegment.NULL, out));
            return Tensor.take(out);
        }
    }

    Tensor integers(long bound, long... shape) {
        try (var arena = Arena.ofConfined()) {
            var out = Native.out();
            Native.check(TorchCpuShim.aoti_torch_cpu_randint_generator(bound, arena.allocateFrom(JAVA_LONG, shape), shape.length,
                    arena.allocateFrom(ADDRESS, handle()), arena.allocateFrom(JAVA_INT, ScalarType.INT64.code),
                    MemorySegment.NULL, MemorySegment.NULL, 0, MemorySegment.NULL, out));
            return Tensor.take(out);
        }
    }

    private MemorySegment handle() {
        if (generator == null) {
            throw new IllegalStateException("the generator is closed");
        }
        return generator;
    }

    @Override
    public void close() {
        if (generator != null) {
            IDLE.add(generator);
            generator = null;
        }
    }
}

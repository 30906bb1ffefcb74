package org.comfyee.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Needs a GPU and a libtorch with CUDA; the profile gpu runs it. */
@Tag("gpu")
@ExtendWith(LoadedTorch.class)
final class CudaTest {
    private static final Device GPU = Device.cuda(0);
    private static final float TOLERANCE = 1e-2f;
    private static final long SIZE = 1000;

    private final Generator generator = Generator.seeded(3);

    @BeforeAll
    static void gpuIsThere() {
        assumeTrue(Torch.cudaAvailable(), () -> "no CUDA: libtorch in " + Torch.directory() + " finds no GPU, or was built without CUDA");
    }

    private Tensor random(long... shape) {
        return Tensor.randn(generator, ScalarType.FLOAT32, shape);
    }

    /** Computes once on the CPU and once on the GPU. */
    private static void assertSame(Function<UnaryOperator<Tensor>, Tensor> computation) {
        var expected = computation.apply(UnaryOperator.identity()).toFloats();
        assertArrayEquals(expected, computation.apply(tensor -> tensor.to(GPU)).toFloats(), TOLERANCE);
    }

    @Test
    void layersGiveTheSameOnTheGpu() {
        try (var _ = new TensorScope()) {
            var x = random(2, 64, 8, 8);
            var kernel = random(32, 64, 3, 3).mul(0.1);
            var bias = random(32);
            var matrix = random(16, 32).mul(0.1);
            assertSame(place -> ConvolutionKernel.of(place.apply(kernel), 1, 1, x.shape()).apply(place.apply(x), place.apply(bias)));
            assertSame(place -> place.apply(x).groupNorm(32, null, null, 1e-5).silu().add(place.apply(x)).mul(0.5));
            assertSame(place -> place.apply(x).permute(0, 2, 3, 1).reshape(2, 64, 2, 32).linear(place.apply(matrix), null).gelu());
            var heads = random(2, 4, 16, 32);
            assertSame(place -> Tensor.attention(place.apply(heads), place.apply(heads), place.apply(heads), null, false, null));
        }
    }

    @Test
    void memoryAndCapabilityAreTold() {
        var memory = Memory.of(GPU);
        assertTrue(memory.free() > 0 && memory.free() <= memory.total(), memory.toString());
        assertTrue(Torch.cudaCapability(0) >= 5);
    }

    @Test
    void threadsComputeOnTheirOwnGpus() throws Exception {
        assumeTrue(Torch.cudaDeviceCount() > 1, "no second GPU");
        try (var threads = Executors.newFixedThreadPool(2)) {
            var results = threads.invokeAll(List.<Callable<Double>>of(() -> sumOn(GPU), () -> sumOn(Device.cuda(1))));
            for (var result : results) {
                assertEquals(3 * SIZE, result.get());
            }
        }
    }

    private static double sumOn(Device device) {
        try (var _ = new CurrentDevice(device); var _ = new TensorScope()) {
            var sum = Tensor.full(device, 1, ScalarType.FLOAT32, SIZE).add(Tensor.full(device, 2, ScalarType.FLOAT32, SIZE)).sum();
            assertEquals(device, sum.device());
            return sum.item();
        }
    }

    @Test
    void lackOfMemoryIsToldAndTheNextOperationWorks() {
        try (var _ = new TensorScope()) {
            var failure = assertThrows(TorchException.class, () -> Tensor.empty(GPU, ScalarType.FLOAT32, 1L << 45));
            assertTrue(failure.outOfMemory(), failure.getMessage());
            assertEquals(3, Tensor.full(GPU, 3, ScalarType.FLOAT32, 1).item());
        }
    }
}

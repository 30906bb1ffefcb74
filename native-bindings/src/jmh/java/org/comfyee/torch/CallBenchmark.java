package org.comfyee.torch;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What it costs to call libtorch, on tensors so small that hardly anything is computed. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CallBenchmark {
    private TensorScope scope;
    private Tensor one;
    private Tensor map;
    private ConvolutionKernel kernel;

    @Setup(Level.Trial)
    public void load() {
        Torch.loadConfigured();
        Torch.setThreads(1);
    }

    @Setup(Level.Iteration)
    public void open() {
        Torch.disableGradients();
        scope = new TensorScope();
        one = Tensor.ones(ScalarType.FLOAT32, 1);
        map = Tensor.ones(ScalarType.FLOAT32, 1, 1, 1, 1);
        kernel = ConvolutionKernel.of(map, 1, 0, map.shape());
    }

    @TearDown(Level.Iteration)
    public void close() {
        scope.close();
    }

    /** A function of libtorch's that does no more than to read a field: the least that a call can cost. */
    @Benchmark
    public int dimensions() {
        return one.dim();
    }

    /** A named function with making and freeing its result. */
    @Benchmark
    public void addByName() {
        one.add(one).close();
    }

    @Benchmark
    public void multiplyByDispatcher() {
        one.mul(one).close();
    }

    @Benchmark
    public void viewWithList() {
        one.view(1, 1).close();
    }

    @Benchmark
    public void joinTwo() {
        Tensor.cat(List.of(one, one), 0).close();
    }

    @Benchmark
    public void convolveOnePixel() {
        kernel.apply(map, null).close();
    }

    @Benchmark
    public void openAndCloseScope() {
        new TensorScope().close();
    }
}

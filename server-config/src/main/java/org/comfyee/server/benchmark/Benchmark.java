package org.comfyee.server.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Checkpoint;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.ConvolutionKernel;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;

/** Measures what a call of libtorch costs, and a sampling step of Stable Diffusion 1.5 in its true size, as a whole and by block. */
public final class Benchmark {
    private static final int CALLS = 200_000;
    private static final int ROUNDS = 5;
    private static final int[] SIDES = {256, 512};
    private static final float SIGMA = 2;
    /** Guidance asks for the wanted and the unwanted text in one batch. */
    private static final int BATCH = 2;
    private static final int SCALE = 8;

    /** A convolution of 3x3 as it occurs at 256x256. */
    private record Convolution(long in, long out, long side) {}

    private static final List<Convolution> CONVOLUTIONS = List.of(new Convolution(320, 320, 32), new Convolution(640, 640, 16),
            new Convolution(1280, 1280, 8), new Convolution(2560, 1280, 8), new Convolution(1280, 1280, 4));

    private Benchmark() {}

    /** @param directory where the checkpoint of 2.1 GB is made, or found from the last time */
    public static void run(Path directory, PrintStream out) throws IOException {
        Torch.loadConfigured();
        Torch.disableGradients();
        out.printf("libtorch %s, %d threads; the shortest of several times, on the clock and of all processors together%n",
                Torch.version(), Torch.threads());
        measureCall(out);
        measureConvolutions(out);
        var file = directory.resolve("sd15-synthetic.safetensors");
        if (!Files.exists(file)) {
            Files.createDirectories(directory);
            SyntheticCheckpoint.write(file, SyntheticCheckpoint.Layout.SD15);
        }
        measureModel(file, out);
    }

    private static void measureCall(PrintStream out) {
        var watch = new Stopwatch();
        try (var _ = new TensorScope()) {
            var one = Tensor.ones(ScalarType.FLOAT32, 1);
            for (int round = 0; round < ROUNDS; round++) {
                watch.time(() -> {
                    for (int i = 0; i < CALLS; i++) {
                        one.add(one).close();
                    }
                });
            }
        }
        out.printf("adding two numbers as tensors: %.0f ns a call%n", watch.seconds() * 1e9 / CALLS);
    }

    /** Each by turns as eager PyTorch calls it, with a plain weight in the order of channels last, and as this program does. */
    private static void measureConvolutions(PrintStream out) {
        out.println("convolutions of 3x3, batch 2: plain weight, weight in the processor's order");
        for (var convolution : CONVOLUTIONS) {
            try (var _ = new TensorScope(); var generator = Generator.seeded(1)) {
                var x = Tensor.randn(generator, ScalarType.FLOAT32, BATCH, convolution.in(), convolution.side(), convolution.side()).channelsLast();
                var weight = Tensor.randn(generator, ScalarType.FLOAT32, convolution.out(), convolution.in(), 3, 3).channelsLast();
                var bias = Tensor.randn(generator, ScalarType.FLOAT32, convolution.out());
                var kernel = ConvolutionKernel.of(weight, 1, 1, x.shape());
                var plain = new Stopwatch();
                var ordered = new Stopwatch();
                for (int round = 0; round < ROUNDS; round++) {
                    plain.time(() -> x.conv2d(weight, bias, 1, 1).close());
                    ordered.time(() -> kernel.apply(x, bias).close());
                }
                out.printf("    %4d -> %4d at %2dx%-2d %7.1f ms %7.1f ms%n", convolution.in(), convolution.out(), convolution.side(),
                        convolution.side(), plain.seconds() * 1e3, ordered.seconds() * 1e3);
            }
        }
    }

    private static void measureModel(Path file, PrintStream out) throws IOException {
        long start = System.nanoTime();
        var checkpoint = CheckpointLoader.load(file);
        out.printf("checkpoint open: %.2f s%n", seconds(start));
        try (var _ = new TensorScope()) {
            start = System.nanoTime();
            var text = checkpoint.text().encode("a photo of a cat").cond();
            out.printf("encoding a text, with reading the weights: %.2f s%n", seconds(start));
            for (int side : SIDES) {
                measureSteps(checkpoint, text, side, out);
            }
        }
        out.printf("peak resident memory: %s%n", peakMemory());
    }

    private static void measureSteps(Checkpoint checkpoint, Tensor text, int side, PrintStream out) {
        try (var _ = new TensorScope(); var generator = Generator.seeded(1)) {
            long size = side / SCALE;
            var x = Tensor.randn(generator, ScalarType.FLOAT32, BATCH, 4, size, size);
            var tensors = Map.of(TensorSlot.CONTEXT, Tensor.cat(List.of(text, text), 0));
            Runnable step = () -> {
                try (var _ = new TensorScope()) {
                    checkpoint.model().denoise(x, SIGMA, tensors, Optional.empty(), Pass.PLAIN);
                }
            };
            long start = System.nanoTime();
            step.run();
            out.printf("%dx%d with guidance: first step %.2f s", side, side, seconds(start));
            var watch = new Stopwatch();
            for (int round = 0; round < ROUNDS; round++) {
                watch.time(step);
            }
            out.printf(", then %.2f s a step (%.2f s of processors); by block%n", watch.seconds(), watch.cpuSeconds());
            blocks(checkpoint, x, tensors).print(out);
            var latents = x.narrow(0, 0, 1);
            checkpoint.vae().decode(latents);
            var decoding = new Stopwatch();
            decoding.time(() -> checkpoint.vae().decode(latents).close());
            out.printf("    decoding %.2f s (%.2f s of processors)%n", decoding.seconds(), decoding.cpuSeconds());
        }
    }

    private static BlockTimes blocks(Checkpoint checkpoint, Tensor x, Map<TensorSlot, Tensor> tensors) {
        var times = new BlockTimes();
        var pass = new Pass(List.of(times), SIGMA, List.of(0, 1), x.size(2), x.size(3));
        for (int round = 0; round < ROUNDS; round++) {
            try (var _ = new TensorScope()) {
                times.start();
                checkpoint.model().denoise(x, SIGMA, tensors, Optional.empty(), pass);
                times.finish();
            }
        }
        return times;
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static String peakMemory() throws IOException {
        List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
        return status.stream().filter(line -> line.startsWith("VmHWM")).map(line -> line.substring(6).strip()).findFirst().orElse("unknown");
    }
}

package org.comfyee.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.sampling.CfgGuider;
import org.comfyee.diffusion.sampling.Noise;
import org.comfyee.diffusion.sampling.Sampler;
import org.comfyee.diffusion.sampling.Sampling;
import org.comfyee.diffusion.sampling.SamplingRequest;
import org.comfyee.diffusion.sampling.Scheduler;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;

/** Measures what a call of libtorch costs, and a sampling step of Stable Diffusion 1.5 in its true size. */
final class Benchmark {
    private static final int CALLS = 200_000;
    private static final int STEPS = 4;
    private static final int SIDE = 256;

    private Benchmark() {}

    /** @param directory where the checkpoint of 2.1 GB is made, or found from the last time */
    static void run(Path directory, PrintStream out) throws IOException {
        Torch.loadConfigured();
        Torch.disableGradients();
        out.printf("libtorch %s, %d threads%n", Torch.version(), Torch.threads());
        measureCall(out);
        var file = directory.resolve("sd15-synthetic.safetensors");
        if (!Files.exists(file)) {
            Files.createDirectories(directory);
            SyntheticCheckpoint.write(file, SyntheticCheckpoint.Layout.SD15);
        }
        measureSampling(file, out);
    }

    private static void measureCall(PrintStream out) {
        long best = Long.MAX_VALUE;
        try (var _ = new TensorScope()) {
            var one = Tensor.ones(ScalarType.FLOAT32, 1);
            for (int round = 0; round < 5; round++) {
                long start = System.nanoTime();
                for (int i = 0; i < CALLS; i++) {
                    one.add(one).close();
                }
                best = Math.min(best, System.nanoTime() - start);
            }
        }
        out.printf("adding two numbers as tensors: %.0f ns a call%n", (double) best / CALLS);
    }

    private static void measureSampling(Path file, PrintStream out) throws IOException {
        long start = System.nanoTime();
        var checkpoint = CheckpointLoader.load(file);
        out.printf("checkpoint open: %.2f s%n", seconds(start));
        try (var _ = new TensorScope()) {
            var good = checkpoint.text().encode("a photo of a cat");
            var bad = checkpoint.text().encode("");
            var steps = new ArrayList<Long>();
            var guider = new CfgGuider(checkpoint.model(), Conditioning.of(good.cond(), good.pooled()),
                    Optional.of(Conditioning.of(bad.cond(), bad.pooled())), 7);
            var sigmas = Scheduler.NORMAL.schedule(checkpoint.model().sampling(), STEPS + 1);
            var empty = Tensor.zeros(ScalarType.FLOAT32, 1, 4, SIDE / 8, SIDE / 8);
            var noise = Noise.prepare(1, Optional.empty(), empty.shape());
            var request = new SamplingRequest(guider, Sampler.EULER, sigmas, empty, noise, Optional.empty(), 1);
            var latents = Sampling.sample(request, (_, _, _) -> steps.add(System.nanoTime()));
            // The first step reads the weights from disk.
            out.printf("%dx%d, cfg 7: %.2f s a step%n", SIDE, SIDE, (steps.getLast() - steps.getFirst()) / 1e9 / STEPS);
            start = System.nanoTime();
            checkpoint.vae().decode(latents);
            out.printf("decoding: %.2f s%n", seconds(start));
        }
        out.printf("peak resident memory: %s%n", peakMemory());
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static String peakMemory() throws IOException {
        List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
        return status.stream().filter(line -> line.startsWith("VmHWM")).map(line -> line.substring(6).strip()).findFirst().orElse("unknown");
    }
}

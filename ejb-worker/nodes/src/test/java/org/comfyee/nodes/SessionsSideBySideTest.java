package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.comfyee.diffusion.checkpoint.LoadedWeights;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TorchException;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.OutOfMemoryException;
import org.comfyee.workflow.node.Outputs;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sessions of one process, each on a device of its own; no operator takes tensors of both. */
class SessionsSideBySideTest {
    /** One of each kind of model. */
    private static final List<String> RECORDINGS = List.of("sampler-euler", "sdxl-euler", "img2img", "lora-1-1", "controlnet-advanced", "batch-2");
    private static final long PATIENCE_MINUTES = 5;

    @TempDir
    private static Path base;

    private static GoldenFixture fixture;
    private static List<GoldenFixture.Case> recordings;

    private final Session first = new Session(Device.STAND_IN);
    private final Session second = new Session(Device.standIn(1));

    private record Session(GoldenFixture workflows, Compute compute, LoadedWeights weights) {
        Session(Device device) {
            this(fixture.beside(), Compute.on(device, Optional.of(ScalarType.FLOAT32), device, Optional.of(ScalarType.FLOAT32), device),
                    LoadedWeights.on(device));
        }

        Void run(GoldenFixture.Case recording) throws IOException {
            return compute.call(() -> {
                workflows.assertMakesTheSame(recording);
                return null;
            });
        }
    }

    /** A node that does nothing but this. */
    private record Doing(Supplier<Tensor> work) implements Node {
        @Override
        public NodeDefinition definition() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            return Outputs.of(work.get());
        }
    }

    @BeforeAll
    static void prepare() throws IOException {
        fixture = new GoldenFixture(base);
        recordings = GoldenFixture.runnable().stream().filter(each -> RECORDINGS.contains(each.name())).toList();
        assertEquals(RECORDINGS.size(), recordings.size(), () -> "only " + recordings);
    }

    @BeforeEach
    void nothingLoaded() {
        first.compute().unloadWeights();
        second.compute().unloadWeights();
    }

    private static GoldenFixture.Case recording(String name) {
        return recordings.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    private static void atOnce(List<Callable<Void>> works) throws Exception {
        try (var threads = Executors.newFixedThreadPool(works.size())) {
            for (var work : threads.invokeAll(works, PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                work.get();
            }
        }
    }

    @Test
    void theSameWorkflowMakesTheSameOnBothAtOnce() throws Exception {
        for (var recording : recordings) {
            var meeting = new CyclicBarrier(2);
            atOnce(List.of(first, second).stream().<Callable<Void>>map(session -> () -> {
                meeting.await();
                return session.run(recording);
            }).toList());
        }
        assertTrue(first.weights().bytes() > 0);
        assertEquals(first.weights().bytes(), second.weights().bytes());
        assertEquals(0, LoadedWeights.on(Device.CPU).bytes());
    }

    @Test
    void differentWorkflowsDoNotDisturbEachOther() throws Exception {
        atOnce(List.of(
                () -> {
                    for (var recording : recordings) {
                        first.run(recording);
                    }
                    return null;
                },
                () -> {
                    for (var recording : recordings.reversed()) {
                        second.run(recording);
                    }
                    return null;
                }));
    }

    @Test
    void whatBothHaveOnTheCpuIsThereOnce() {
        var path = base.resolve("models/checkpoints/tiny-sd15.safetensors");
        var checkpoints = Stream.of(Device.STAND_IN, Device.standIn(1))
                .map(device -> Compute.on(device, Optional.empty(), Device.CPU, Optional.empty(), device))
                .map(compute -> assertDoesNotThrow(() -> compute.call(() -> new Models(1).checkpoint(path))))
                .toList();
        assertSame(checkpoints.getFirst().vae(), checkpoints.getLast().vae());
        assertNotSame(checkpoints.getFirst().text(), checkpoints.getLast().text());
        assertNotEquals(checkpoints.getFirst().model().source().placement(), checkpoints.getLast().model().source().placement());
    }

    @Test
    void weightsOfOneAreDroppedWithoutThoseOfTheOther() throws Exception {
        var recording = recordings.getFirst();
        first.run(recording);
        second.run(recording);
        long kept = second.weights().bytes();
        first.compute().unloadWeights();
        assertEquals(0, first.weights().bytes());
        assertEquals(kept, second.weights().bytes());
        var another = new Session(Device.STAND_IN);
        another.run(recording);
        // All but those of the text encoder, which is the same one and remembers the texts.
        assertTrue(another.weights().bytes() > kept / 2, () -> another.weights().bytes() + " bytes of " + kept);
    }

    @Test
    void lackOfMemoryOnOneLeavesTheOtherAsItIs() throws Exception {
        var recording = recordings.getFirst();
        first.run(recording);
        second.run(recording);
        long kept = second.weights().bytes();
        assertRunsOutOfMemory(first.compute(), () -> Tensor.ones(ScalarType.FLOAT32, 1L << 50));
        assertEquals(0, first.weights().bytes());
        assertEquals(kept, second.weights().bytes());
    }

    private static void assertRunsOutOfMemory(Compute compute, Supplier<Tensor> work) {
        assertThrows(OutOfMemoryException.class, () -> compute.call(() -> new ScopedCaller().call(new Doing(work), new Inputs(Map.of()), null)));
    }

    @Test
    void lackOfMemoryOfAGpuLeavesWhatLiesOnTheCpu() throws Exception {
        var compute = Compute.on(Device.STAND_IN, Optional.of(ScalarType.FLOAT32), Device.CPU, Optional.empty(), Device.STAND_IN);
        new Session(first.workflows(), compute, first.weights()).run(recording("img2img"));
        var onCpu = LoadedWeights.on(Device.CPU);
        long kept = onCpu.bytes();
        assertTrue(kept > 0 && first.weights().bytes() > 0);
        assertRunsOutOfMemory(compute, () -> {
            throw new TorchException("CUDA out of memory. Tried to allocate 4.00 GiB.");
        });
        assertEquals(0, first.weights().bytes());
        assertEquals(kept, onCpu.bytes());
    }

    @Test
    void oneThatMayKeepNothingComputesTheSameBesideOneThatMay() throws Exception {
        first.weights().limit(0, 0);
        try {
            atOnce(List.of(() -> first.run(recordings.getFirst()), () -> second.run(recordings.getFirst())));
            assertEquals(0, first.weights().bytes());
            assertTrue(second.weights().bytes() > 0);
        } finally {
            first.weights().limit(Long.MAX_VALUE, LoadedWeights.USUAL_RESERVE);
        }
    }
}

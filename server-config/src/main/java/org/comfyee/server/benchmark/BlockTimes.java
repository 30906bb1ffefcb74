package org.comfyee.server.benchmark;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.torch.Tensor;

/** How long each block of a U-Net takes; of several passes the shortest time counts. */
final class BlockTimes implements NetworkPatch {
    private final Map<String, Long> best = new LinkedHashMap<>();
    private String current = "";
    private long since;

    /** Begins a pass. */
    void start() {
        current = "input 0";
        since = System.nanoTime();
    }

    /** Ends the pass. */
    void finish() {
        next("");
    }

    private void next(String name) {
        long now = System.nanoTime();
        best.merge(current, now - since, Math::min);
        current = name;
        since = now;
    }

    @Override
    public Tensor afterInput(Pass pass, int block, Tensor h) {
        next("input " + (block + 1));
        return h;
    }

    @Override
    public Joint beforeOutput(Pass pass, int block, Joint joint) {
        if (block == 0) {
            // What followed the last input block was the middle.
            current = "middle";
        }
        next("output " + block);
        return joint;
    }

    void print(PrintStream out) {
        double all = best.values().stream().mapToLong(Long::longValue).sum();
        best.forEach((block, nanos) -> out.printf("    %-10s %7.1f ms %5.1f %%%n", block, nanos / 1e6, 100 * nanos / all));
    }
}

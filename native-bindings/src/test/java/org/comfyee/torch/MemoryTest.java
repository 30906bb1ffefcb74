package org.comfyee.torch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoadedTorch.class)
final class MemoryTest {
    /** A leaked tensor of each round would take 400 MB; a leaked handle of each, 10 MB. */
    private static final long ALLOWED_GROWTH = 6L << 20;

    @Test
    void aHundredThousandOperationsLeaveMemoryFlat() throws IOException {
        long growth = Long.MAX_VALUE;
        // The JVM itself grows now and then; a leak does each time.
        for (int round = 0; round < 4; round++) {
            long before = residentBytes();
            work(100_000);
            growth = Math.min(growth, residentBytes() - before);
        }
        assertTrue(growth < ALLOWED_GROWTH, "resident memory grew by " + growth + " bytes at least each time");
    }

    private static void work(int operations) {
        try (var _ = new TensorScope()) {
            var x = Tensor.ones(ScalarType.FLOAT32, 32, 32);
            var bias = Tensor.ones(ScalarType.FLOAT32, 32);
            for (int i = 0; i < operations; i += 10) {
                try (var _ = new TensorScope()) {
                    x.linear(x, bias).silu().add(x).mul(0.5).reshape(2, -1).chunk(2, 0).getFirst().clamp(0, 1).to(ScalarType.FLOAT16).sum();
                }
            }
        }
    }

    @Test
    void escapedTensorsAreFreedOnceUnreachable() throws IOException {
        long before = residentBytes();
        for (int i = 0; i < 100; i++) {
            try (var _ = new TensorScope()) {
                TensorScope.escape(Tensor.ones(ScalarType.UINT8, 64 << 20));
            }
        }
        long growth = residentBytes() - before;
        assertTrue(growth < 2L << 30, "6.4 GB went through, resident memory grew by " + growth + " bytes");
    }

    private static long residentBytes() throws IOException {
        var fields = Files.readString(Path.of("/proc/self/statm")).split(" ");
        return Long.parseLong(fields[1]) * 4096;
    }
}

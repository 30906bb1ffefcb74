package org.comfyee.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.comfyee.torch.Tensor;

/** Numbers computed elsewhere: of each tensor, every n-th element, where n leaves about sixty. */
public final class Expected {
    private static final int ELEMENTS = 60;

    private final Map<String, double[]> samples = new HashMap<>();

    private Expected() {}

    /** @param lines a tensor's name, then its elements */
    public static Expected read(InputStream lines) throws IOException {
        var expected = new Expected();
        try (lines) {
            for (var line : new String(lines.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                var words = line.split(" ");
                expected.samples.put(words[0], Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble).toArray());
            }
        }
        return expected;
    }

    /** The relative error may be a ten-thousandth: float32 against float64. */
    public void assertIs(String name, Tensor actual) {
        var wanted = samples.get(name);
        var given = actual.contiguous().toFloats();
        int step = Math.max(1, given.length / ELEMENTS);
        assertEquals(wanted.length, (given.length + step - 1) / step, name);
        double error = 0;
        double size = 0;
        for (int i = 0; i < wanted.length; i++) {
            error += Math.pow(wanted[i] - given[i * step], 2);
            size += Math.pow(wanted[i], 2);
        }
        double relative = Math.sqrt(error / size);
        assertTrue(relative < 1e-4, () -> name + ": relative error " + relative);
    }

    /** A smooth test signal: sines of the elements' numbers. */
    public static Tensor wave(double frequency, long... shape) {
        var values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(frequency * i);
        }
        return Tensor.of(values, shape);
    }
}

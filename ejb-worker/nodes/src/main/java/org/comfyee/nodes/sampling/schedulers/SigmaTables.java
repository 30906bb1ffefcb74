package org.comfyee.nodes.sampling.schedulers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Sigmas for other numbers of steps than a table has. */
final class SigmaTables {
    private SigmaTables() {}

    /**
     * Tables of a file beside this class, by name. Each line has a name and sigmas; a name may have several lines.
     */
    static Map<String, List<double[]>> read(String file) {
        try (var stream = SigmaTables.class.getResourceAsStream(file)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" "))
                    .collect(Collectors.groupingBy(words -> words[0], Collectors.mapping(
                            words -> Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble).toArray(), Collectors.toList())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param table falling
     * @param denoise share of the steps that are kept, the last ones; none if it is not above 0
     * @return one more than there are steps, the last one 0
     */
    static float[] fitted(double[] table, int steps, double denoise) {
        if (denoise <= 0) {
            return new float[0];
        }
        int kept = denoise < 1 ? (int) Math.rint(steps * denoise) : steps;
        var sigmas = logLinear(table, steps + 1);
        var last = Arrays.copyOfRange(sigmas, sigmas.length - kept - 1, sigmas.length);
        last[kept] = 0;
        return last;
    }

    /** As many sigmas as wanted, at even distances between those of a table, along straight lines of their logarithms. */
    private static float[] logLinear(double[] table, int count) {
        var sigmas = new float[count];
        for (int i = 0; i < count; i++) {
            double place = (double) i * (table.length - 1) / (count - 1);
            int before = Math.min((int) place, table.length - 2);
            double share = place - before;
            sigmas[i] = (float) Math.exp((1 - share) * Math.log(table[before]) + share * Math.log(table[before + 1]));
        }
        return sigmas;
    }
}

package org.comfyee.diffusion.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulerTest {
    /** Computed with NumPy from the published formulas. */
    @ParameterizedTest
    @CsvSource({
        "normal, 14.6146 2.91831 0.932358 0.0291672 0",
        "sgm_uniform, 14.6146 4.08608 1.61558 0.69515 0",
        "simple, 14.6146 4.08173 1.61289 0.693205 0",
        "ddim_uniform, 4.1167 1.62369 0.698398 0.0413144 0",
        "beta, 14.6146 5.68659 1.61828 0.515391 0",
        "karras, 14.6146 3.1686 0.446918 0.0291672 0",
        "exponential, 14.6146 1.84002 0.231664 0.0291672 0",
        "kl_optimal, 14.6146 1.59707 0.572914 0.0291672 0",
        "linear_quadratic, 14.6146 14.432 14.2493 10.5956 0"
    })
    void choosesTheKnownSigmas(String name, String expected) {
        var sigmas = Scheduler.named(name).schedule(DiffusionSampling.STABLE_DIFFUSION, 4);
        var wanted = Arrays.stream(expected.split(" ")).mapToDouble(Double::parseDouble).toArray();
        assertEquals(wanted.length, sigmas.length);
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], sigmas[i], 1e-5 * wanted[i] + 1e-9);
        }
    }
}

package org.comfyee.diffusion.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Map;
import org.comfyee.diffusion.model.DiffusionSampling;
import org.comfyee.diffusion.model.FlowSampling;
import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulerTest {
    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

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

    /** Of PyTorch's tensors in single precision, whose last digits Brownian noise depends on. */
    @Test
    void sigmasAreThoseOfSinglePrecisionToTheLastDigit() {
        assertArrayEquals(new float[] {14.614643096923828f, 6.082151412963867f, 2.232154369354248f, 0.6925705671310425f, 0.16975659132003784f,
            0.0291671771556139f, 0}, Scheduler.KARRAS.schedule(DiffusionSampling.STABLE_DIFFUSION, 6));
        assertSomeSigmas(FlowSampling.shifted(3, 1000), Map.of(2, 0.008946320973336697f, 249, 0.5f, 332, 0.5996398329734802f, 899, 0.964285671710968f));
        assertSomeSigmas(FlowSampling.flux(1.15),
                Map.of(0, 0.00031575115281157196f, 249, 0.0749129131436348f, 2499, 0.5128440856933594f, 8999, 0.9660138487815857f));
    }

    private static void assertSomeSigmas(ModelSampling sampling, Map<Integer, Float> some) {
        some.forEach((index, sigma) -> assertEquals(sigma, sampling.sigmas()[index], "sigma " + index));
    }

    /** 6 steps of which 0.9 are to be done are 6 of 6, but this scheduler makes 7 of them. */
    @Test
    void aPartOfAScheduleHasAsManyStepsAsAskedForEvenWhereTheSchedulerMakesMore() {
        var all = Sigmas.scheduled(DiffusionSampling.STABLE_DIFFUSION, Scheduler.DDIM_UNIFORM, 6, 1, false);
        var part = Sigmas.scheduled(DiffusionSampling.STABLE_DIFFUSION, Scheduler.DDIM_UNIFORM, 6, 0.9, false);
        assertEquals(8, all.length);
        assertArrayEquals(Arrays.copyOfRange(all, 1, 8), part);
    }
}

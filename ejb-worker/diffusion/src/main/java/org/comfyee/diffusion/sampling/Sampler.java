package org.comfyee.diffusion.sampling;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.comfyee.torch.Tensor;

/** Ways to go from noise to a picture; in the order that clients list them. */
public enum Sampler {
    EULER(EulerSamplers::euler),
    EULER_ANCESTRAL(EulerSamplers::ancestral),
    HEUN(EulerSamplers::heun),
    DPMPP_2M(DpmPlusPlusSamplers::multistep2),
    DDIM(EulerSamplers::euler);

    /** Those that exist here, as clients know them. */
    public static final List<String> NAMES = Arrays.stream(values()).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();

    @FunctionalInterface
    private interface Method {
        Tensor sample(SamplerRun run);
    }

    private final Method method;

    Sampler(Method method) {
        this.method = method;
    }

    /** @throws IllegalArgumentException if there is no such sampler */
    public static Sampler named(String name) {
        int index = NAMES.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("the sampler '" + name + "' is not implemented, expected one of " + String.join(", ", NAMES));
        }
        return values()[index];
    }

    Tensor sample(SamplerRun run) {
        return run.steps() < 1 ? run.start() : method.sample(run);
    }

    /** Whether masked-out parts get noise of their own seed. */
    boolean hasOwnMaskNoise() {
        return this == DDIM;
    }
}

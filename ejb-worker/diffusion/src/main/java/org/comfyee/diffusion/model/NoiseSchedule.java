package org.comfyee.diffusion.model;

/** The sigmas that a network was trained on, and what it is told of them. Sigmas are float32 values. */
public interface NoiseSchedule {
    /** Stands for infinity, so that "from the start" holds for every sigma. */
    double BEFORE_ALL = 999_999_999.9;

    /** All of them or, of a continuum, many; rising. */
    float[] sigmas();

    /** What the network is told in place of a sigma. */
    float timestep(float sigma);

    /** The inverse of {@link #timestep}; between discrete timesteps even in the logarithm. */
    float sigma(double timestep);

    /** The sigma at a share of the way from pure noise (0) to the picture (1). */
    double percentToSigma(double percent);
}

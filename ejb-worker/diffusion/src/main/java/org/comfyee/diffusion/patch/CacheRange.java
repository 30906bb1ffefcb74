package org.comfyee.diffusion.patch;

import org.comfyee.diffusion.model.ModelSampling;

/**
 * Where steps may be left out.
 *
 * @param threshold relative change of what is left out, summed over the steps that are left out one after the other
 * @param start the sigma from which on
 * @param end the sigma down to which, itself not among them
 * @param verbose whether each decision is logged
 */
public record CacheRange(double threshold, double start, double end, boolean verbose) {

    /** @param startShare of the sampling, 0 to 1, as is the end */
    public static CacheRange of(double threshold, double startShare, double endShare, boolean verbose, ModelSampling sampling) {
        return new CacheRange(threshold, sampling.percentToSigma(startShare), sampling.percentToSigma(endShare), verbose);
    }

    boolean hasBegun(float sigma) {
        return sigma <= start;
    }

    boolean isPast(float sigma) {
        return sigma <= end;
    }
}

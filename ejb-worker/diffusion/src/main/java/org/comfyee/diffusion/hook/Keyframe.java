package org.comfyee.diffusion.hook;

/**
 * From when on a hook counts how much.
 *
 * @param strength a factor for the hook's own
 * @param start share of the sampling, 0 to 1
 * @param guaranteedSteps for so many steps it counts even if the next one has begun
 */
public record Keyframe(double strength, double start, int guaranteedSteps) {
    /** A keyframe that counts for one step at least. */
    public static Keyframe of(double strength, double start) {
        return new Keyframe(strength, start, 1);
    }
}

package org.comfyee.diffusion.hook;

/**
 * A change of weights that counts for the conditionings that hold it.
 *
 * @param identity by which the same hook is known, whatever its keyframes are
 * @param modelStrength how much of the change the diffusion model gets where the keyframes say 1
 * @param textStrength how much the text encoder gets
 */
public record WeightHook(Object identity, WeightChange change, double modelStrength, double textStrength, Keyframes keyframes) {

    /** A hook that is no other's equal, without keyframes. */
    public static WeightHook of(WeightChange change, double modelStrength, double textStrength) {
        return new WeightHook(new Object(), change, modelStrength, textStrength, Keyframes.NONE);
    }

    WeightHook with(Keyframes newKeyframes) {
        return new WeightHook(identity, change, modelStrength, textStrength, newKeyframes);
    }
}

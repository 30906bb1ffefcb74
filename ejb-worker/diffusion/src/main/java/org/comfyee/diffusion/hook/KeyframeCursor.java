package org.comfyee.diffusion.hook;

import java.util.List;
import org.comfyee.diffusion.model.ModelSampling;

/** The keyframes of a hook in one sampling. Goes on to the next when that has begun and the present one had the steps that it is guaranteed. */
final class KeyframeCursor {
    private final List<Keyframe> keyframes;
    private final ModelSampling sampling;
    private final float first;
    private int current;
    private int steps;
    private float sigma = Float.NaN;

    /** @param first the sigma at which the sampling starts */
    KeyframeCursor(Keyframes keyframes, ModelSampling sampling, float first) {
        this.keyframes = keyframes.sorted();
        this.sampling = sampling;
        this.first = first;
    }

    /** The strength for a step; further questions at the same sigma belong to the same step. */
    double strength(float nextSigma) {
        if (keyframes.isEmpty()) {
            return 1;
        }
        if (nextSigma != sigma) {
            advance(nextSigma);
            sigma = nextSigma;
            steps++;
        }
        return keyframes.get(current).strength();
    }

    private void advance(float nextSigma) {
        if (steps < guaranteed()) {
            return;
        }
        for (int next = current + 1; next < keyframes.size() && start(next) >= nextSigma; next++) {
            current = next;
            steps = 0;
            if (guaranteed() > 0) {
                return;
            }
        }
    }

    /** As single precision has it: a keyframe often begins at the very sigma of a step. */
    private float start(int index) {
        return (float) sampling.percentToSigma(keyframes.get(index).start());
    }

    /** What began before the sampling has no claim on a step. */
    private int guaranteed() {
        return start(current) > first ? 0 : keyframes.get(current).guaranteedSteps();
    }
}

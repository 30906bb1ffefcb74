package org.comfyee.diffusion.patch;

import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Leaves whole guesses out while they are expected to change little, and adds to the noisy latents what the last guess had added.
 * Lives for one sampling.
 */
public final class LazyCache implements GuidancePatch {
    private static final System.Logger LOG = System.getLogger(LazyCache.class.getName());

    private final CacheRange range;
    private OutputChange change;
    private Optional<Tensor> added = Optional.empty();

    /** @param range whose threshold is relative to the guess's mean size */
    public LazyCache(CacheRange range) {
        this.range = range;
        this.change = new OutputChange(range.threshold());
    }

    @Override
    public Tensor around(Tensor x, float sigma, Supplier<Tensor> guess) {
        if (range.isPast(sigma)) {
            return guess.get();
        }
        if (added.filter(each -> !Arrays.equals(each.shape(), x.shape())).isPresent()) {
            change = new OutputChange(range.threshold());
            remember(Optional.empty());
        }
        if (range.hasBegun(sigma)) {
            boolean leavesOut = change.isSmall(x);
            if (range.verbose()) {
                LOG.log(Level.INFO, (leavesOut ? "LazyCache leaves out" : "LazyCache works out") + " the step at sigma " + sigma);
            }
            if (leavesOut) {
                return x.add(added.orElseThrow());
            }
        }
        var output = guess.get();
        change.observe(x, output, OutputChange.meanSize(output));
        remember(Optional.of(TensorScope.escape(output.sub(x))));
        return output;
    }

    private void remember(Optional<Tensor> now) {
        added.ifPresent(Tensor::close);
        added = now;
    }
}

package org.comfyee.diffusion.patch;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Leaves passes of the network out while its output is expected to change little, and adds to the input what the last pass had
 * added. What is asked first in a step decides for all of the step. Lives for one sampling.
 */
public final class EasyCache implements NetworkPatch {
    private static final System.Logger LOG = System.getLogger(EasyCache.class.getName());

    private final CacheRange range;
    private final Map<Object, Tensor> added = new IdentityHashMap<>();
    private OutputChange change;
    private Object first;
    private long[] shape = {};
    private boolean leavesOut;
    private float decided = Float.NaN;

    /** @param range whose threshold is relative to the output's mean size */
    public EasyCache(CacheRange range) {
        this.range = range;
        this.change = new OutputChange(range.threshold());
    }

    @Override
    public Tensor around(Pass pass, Tensor x, Supplier<Tensor> network) {
        if (pass.questions().isEmpty() || range.isPast(pass.sigma())) {
            return network.get();
        }
        var inputs = x.chunk(pass.questions().size(), 0);
        int place = -1;
        if (range.hasBegun(pass.sigma())) {
            first = first == null ? pass.questions().getFirst() : first;
            place = place(pass);
            if (place >= 0) {
                forgetOtherShape(inputs.get(place));
                decided = pass.sigma();
                boolean small = change.isSmall(inputs.get(place));
                leavesOut = small && isKnown(pass, inputs.getFirst());
                log(pass.sigma());
            }
            if (leavesOut && decided == pass.sigma() && isKnown(pass, inputs.getFirst())) {
                var outputs = new ArrayList<Tensor>();
                for (int i = 0; i < inputs.size(); i++) {
                    outputs.add(inputs.get(i).add(added.get(pass.questions().get(i))));
                }
                return Tensor.cat(outputs, 0);
            }
        }
        var output = network.get();
        var outputs = output.chunk(inputs.size(), 0);
        if (place >= 0) {
            change.observe(inputs.get(place), outputs.get(place), OutputChange.meanSize(output));
        }
        for (int i = 0; i < inputs.size(); i++) {
            var before = added.put(pass.questions().get(i), TensorScope.escape(outputs.get(i).sub(inputs.get(i))));
            if (before != null) {
                before.close();
            }
        }
        return output;
    }

    private int place(Pass pass) {
        for (int i = 0; i < pass.questions().size(); i++) {
            if (pass.questions().get(i) == first) {
                return i;
            }
        }
        return -1;
    }

    private boolean isKnown(Pass pass, Tensor input) {
        return pass.questions().stream().allMatch(each -> added.containsKey(each) && Arrays.equals(added.get(each).shape(), input.shape()));
    }

    /** Samplers may change the size of the latents. */
    private void forgetOtherShape(Tensor input) {
        if (!Arrays.equals(shape, input.shape())) {
            shape = input.shape();
            change = new OutputChange(range.threshold());
        }
    }

    private void log(float sigma) {
        if (range.verbose()) {
            LOG.log(Level.INFO, (leavesOut ? "EasyCache leaves out" : "EasyCache works out") + " the step at sigma " + sigma);
        }
    }
}

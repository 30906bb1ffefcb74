package org.comfyee.diffusion.adapter;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.WeightPlace;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.TorchException;

/** Changes of a model's weights. A change that does not fit its weight is left out, which is logged; one for which memory does not suffice is not. */
record Patch(Map<WeightPlace, Adapter> adapters) {
    private static final System.Logger LOG = System.getLogger(Patch.class.getName());

    /** @return weights that are computed when they are first used */
    Weights applied(Weights weights, double strength) {
        var byWeight = new LinkedHashMap<String, List<Map.Entry<WeightPlace, Adapter>>>();
        adapters.entrySet().forEach(each -> byWeight.computeIfAbsent(each.getKey().weight(), _ -> new ArrayList<>()).add(each));
        var replacements = new HashMap<String, Parameter>();
        byWeight.forEach((name, changes) -> weights.find(name)
                .ifPresent(original -> replacements.put(name, patched(name, original, changes, strength))));
        return weights.with(replacements);
    }

    private static Parameter patched(String name, Parameter original, List<Map.Entry<WeightPlace, Adapter>> changes, double strength) {
        var shape = changes.stream().flatMap(change -> change.getValue().newShape().stream()).findFirst().orElseGet(original::shape);
        return original.patched(shape, weight -> {
            try (var scope = new TensorScope()) {
                var changed = weight;
                for (var change : changes) {
                    changed = changed(name, changed, change.getKey(), change.getValue(), strength);
                }
                return scope.keep(changed);
            }
        });
    }

    private static Tensor changed(String name, Tensor weight, WeightPlace target, Adapter adapter, double strength) {
        try {
            if (target.rows().isEmpty()) {
                return adapter.apply(weight, strength, target::ordered);
            }
            var rows = target.rows().get();
            var changed = weight.copy();
            var part = weight.narrow(0, rows.first(), rows.count());
            changed.narrow(0, rows.first(), rows.count()).copyInPlace(adapter.apply(part, strength, target::ordered));
            return changed;
        } catch (RuntimeException e) {
            if (e instanceof TorchException torch && torch.outOfMemory()) {
                throw e;
            }
            LOG.log(Level.ERROR, () -> "the weight " + name + " of shape " + Arrays.toString(weight.shape()) + " is not patched, since "
                    + adapter.getClass().getSimpleName() + " does not fit it: " + e.getMessage());
            return weight;
        }
    }
}

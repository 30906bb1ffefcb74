package org.comfyee.diffusion.sampling;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.control.AppliedControl;
import org.comfyee.diffusion.control.ControlRun;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.torch.Tensor;

/** The controls of the conditionings in one sampling. */
final class Controls {
    private final Map<AppliedControl, ControlRun> runs = new IdentityHashMap<>();

    private Controls() {}

    static Controls of(DiffusionModel model, List<List<ConditioningPart>> lists) {
        var controls = new Controls();
        lists.stream().flatMap(List::stream).flatMap(part -> part.control().stream())
                .forEach(each -> controls.runs.computeIfAbsent(each, control -> new ControlRun(control, model)));
        return controls;
    }

    /** Gives what is unwanted the controls of what is wanted, where these are for both and it has none of its own. */
    static void spread(List<ConditioningPart> wanted, List<ConditioningPart> unwanted) {
        var controls = wanted.stream()
                .filter(part -> part.area().isEmpty() && part.entry().find(AppliedControl.FOR_UNWANTED).orElse(false))
                .flatMap(part -> part.control().stream())
                .toList();
        Sharing.give(controls, unwanted, part -> part.control().isPresent(), ConditioningPart::withControl);
    }

    Optional<ControlResiduals> residuals(AppliedControl control, Tensor x, float sigma, Map<TensorSlot, Tensor> tensors, int conditionings) {
        return runs.get(control).residuals(x, sigma, tensors, conditionings);
    }
}

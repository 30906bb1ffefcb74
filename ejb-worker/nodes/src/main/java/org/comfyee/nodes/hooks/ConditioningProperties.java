package org.comfyee.nodes.hooks;

import java.util.List;
import java.util.stream.Stream;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.TimestepsRange;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;

/** What the nodes that say several things of a conditioning have in common. */
final class ConditioningProperties {
    static final Input<Double> STRENGTH = Input.floating("strength").defaultTo(1.0).range(0.0, 10.0).step(0.01);
    static final Input<String> SET_COND_AREA = Input.combo("set_cond_area", List.of("default", "mask bounds"));
    static final Input<Tensor> MASK = Input.of("mask", Types.MASK).optional();
    static final Input<TimestepsRange> TIMESTEPS = Input.of("timesteps", Types.TIMESTEPS_RANGE).optional();

    private ConditioningProperties() {}

    static Input<Conditioning> conditioning(String name) {
        return Input.of(name, Types.CONDITIONING);
    }

    /** The conditioning with the hooks, mask and range that there are. The strength is that of the mask. */
    static Conditioning set(Inputs inputs, Conditioning conditioning) {
        var hooked = HookNodes.hooks(inputs, HookNodes.HOOKS).addedTo(conditioning);
        var masked = inputs.find(MASK).map(mask -> hooked.map(entry -> entry.with(Conditioning.MASK, mask)
                .with(Conditioning.AREA_TO_BOUNDS, !inputs.get(SET_COND_AREA).equals("default"))
                .with(Conditioning.MASK_STRENGTH, inputs.get(STRENGTH)))).orElse(hooked);
        return inputs.find(TIMESTEPS).map(range -> masked.map(entry -> entry.with(Conditioning.START_PERCENT, range.start())
                .with(Conditioning.END_PERCENT, range.end()))).orElse(masked);
    }

    /** The conditioning with the hooks that there are, for what others leave open. */
    static Conditioning filling(Inputs inputs, Conditioning conditioning) {
        return HookNodes.hooks(inputs, HookNodes.HOOKS).addedTo(conditioning).map(entry -> entry.with(Conditioning.FILLS, true));
    }

    static Conditioning combined(Conditioning one, Conditioning other) {
        return new Conditioning(Stream.concat(one.entries().stream(), other.entries().stream()).toList());
    }
}

package org.comfyee.nodes.conditioning.control;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.control.AppliedControl;
import org.comfyee.diffusion.control.ControlNet;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Outputs;

/** Control networks with their pictures, added to both sides of a guidance. */
final class Application {
    static final Input<Conditioning> POSITIVE = Input.of("positive", Types.CONDITIONING);
    static final Input<Conditioning> NEGATIVE = Input.of("negative", Types.CONDITIONING);
    static final Input<ControlNet> CONTROL_NET = Input.of("control_net", Types.CONTROL_NET);
    static final Input<VaeModel> VAE = Input.of("vae", Types.VAE);
    static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    static final Input<Double> STRENGTH = Input.floating("strength").defaultTo(1.0).range(0.0, 10.0).step(0.01);
    static final Input<Double> START_PERCENT = Input.floating("start_percent").defaultTo(0.0).range(0.0, 1.0).step(0.001);
    static final Input<Double> END_PERCENT = Input.floating("end_percent").defaultTo(1.0).range(0.0, 1.0).step(0.001);

    private Application() {}

    static Outputs run(Inputs inputs, Optional<VaeModel> vae) {
        return run(inputs, inputs.get(IMAGE), vae, List.of());
    }

    /**
     * @param image {@code [batch, height, width, channels]}
     * @param masks see {@link AppliedControl}
     */
    static Outputs run(Inputs inputs, Tensor image, Optional<VaeModel> vae, List<Tensor> masks) {
        var positive = inputs.get(POSITIVE);
        var negative = inputs.get(NEGATIVE);
        if (inputs.get(STRENGTH) == 0) {
            return Outputs.of(positive, negative);
        }
        var first = new AppliedControl(inputs.get(CONTROL_NET), image.permute(0, 3, 1, 2), inputs.get(STRENGTH), inputs.get(START_PERCENT),
                inputs.get(END_PERCENT), vae, masks, Optional.empty());
        // Entries with the same control before share the new one, so that they are asked together.
        var following = new IdentityHashMap<AppliedControl, AppliedControl>();
        return Outputs.of(added(positive, first, following), added(negative, first, following));
    }

    private static Conditioning added(Conditioning conditioning, AppliedControl first, Map<AppliedControl, AppliedControl> following) {
        return conditioning.map(entry -> {
            var control = entry.find(AppliedControl.KEY).map(before -> following.computeIfAbsent(before, first::after)).orElse(first);
            return entry.with(AppliedControl.KEY, control).with(AppliedControl.FOR_UNWANTED, false);
        });
    }
}

package org.comfyee.nodes.conditioning.control;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Optional;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Resize;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** The same for control networks that are also told where to paint. */
public final class ControlNetInpaintingAliMamaApply implements Node {
    private static final Input<Tensor> MASK = Input.of("mask", Types.MASK);

    private static final NodeDefinition DEFINITION = node("ControlNetInpaintingAliMamaApply")
            .module("comfy_extras.nodes_controlnet")
            .category("conditioning/controlnet")
            .inputs(Application.POSITIVE, Application.NEGATIVE, Application.CONTROL_NET, Application.VAE, Application.IMAGE, MASK,
                    Application.STRENGTH, Application.START_PERCENT, Application.END_PERCENT)
            .outputs(Output.of(Types.CONDITIONING).named("positive"), Output.of(Types.CONDITIONING).named("negative"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(Application.IMAGE);
        var vae = Optional.of(inputs.get(Application.VAE));
        if (!inputs.get(Application.CONTROL_NET).hint().masked()) {
            return Application.run(inputs, image, vae, List.of());
        }
        var mask = inputs.get(MASK);
        var kept = mask.reshape(-1, 1, mask.size(-2), mask.size(-1)).neg().add(1);
        var shown = Resize.resize(kept, (int) image.size(2), (int) image.size(1), "bilinear", "center").round();
        return Application.run(inputs, image.mul(shown.permute(0, 2, 3, 1)), vae, List.of(kept));
    }
}

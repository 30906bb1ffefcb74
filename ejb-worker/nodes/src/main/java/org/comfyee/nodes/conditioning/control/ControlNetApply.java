package org.comfyee.nodes.conditioning.control;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.control.AppliedControl;
import org.comfyee.diffusion.control.ControlNet;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Has a control network count for a conditioning, and for what is unwanted if that has none of its own. */
public final class ControlNetApply implements Node {
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);
    private static final Input<ControlNet> CONTROL_NET = Input.of("control_net", Types.CONTROL_NET);
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);
    private static final Input<Double> STRENGTH = Application.STRENGTH;

    private static final NodeDefinition DEFINITION = node("ControlNetApply")
            .displayName("Apply ControlNet (OLD)")
            .category("conditioning/controlnet")
            .inputs(CONDITIONING, CONTROL_NET, IMAGE, STRENGTH)
            .outputs(Types.CONDITIONING)
            .deprecated()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double strength = inputs.get(STRENGTH);
        var conditioning = inputs.get(CONDITIONING);
        if (strength == 0) {
            return Outputs.of(conditioning);
        }
        var picture = inputs.get(IMAGE).permute(0, 3, 1, 2);
        return Outputs.of(conditioning.map(entry -> entry
                .with(AppliedControl.KEY, new AppliedControl(inputs.get(CONTROL_NET), picture, strength, 0, 1, Optional.empty(), List.of(),
                        entry.find(AppliedControl.KEY)))
                .with(AppliedControl.FOR_UNWANTED, true)));
    }
}

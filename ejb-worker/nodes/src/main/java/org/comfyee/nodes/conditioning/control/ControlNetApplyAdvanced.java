package org.comfyee.nodes.conditioning.control;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Has a control network count for what is wanted and what is not, for a part of the sampling. */
public final class ControlNetApplyAdvanced implements Node {
    private static final Input<VaeModel> VAE = Application.VAE.optional();

    private static final NodeDefinition DEFINITION = node("ControlNetApplyAdvanced")
            .displayName("Apply ControlNet")
            .category("conditioning/controlnet")
            .inputs(Application.POSITIVE, Application.NEGATIVE, Application.CONTROL_NET, Application.IMAGE, Application.STRENGTH,
                    Application.START_PERCENT, Application.END_PERCENT, VAE)
            .outputs(Output.of(Types.CONDITIONING).named("positive"), Output.of(Types.CONDITIONING).named("negative"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Application.run(inputs, inputs.find(VAE));
    }
}

package org.comfyee.nodes.conditioning.control;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** The same with an autoencoder, which control networks of transformers need. */
public final class ControlNetApplySd3 implements Node {
    private static final NodeDefinition DEFINITION = node("ControlNetApplySD3")
            .module("comfy_extras.nodes_sd3")
            .schema()
            .displayName("Apply Controlnet with VAE")
            .category("conditioning/controlnet")
            .inputs(Application.POSITIVE, Application.NEGATIVE, Application.CONTROL_NET, Application.VAE, Application.IMAGE, Application.STRENGTH,
                    Application.START_PERCENT, Application.END_PERCENT)
            .outputs(Output.of(Types.CONDITIONING).named("positive"), Output.of(Types.CONDITIONING).named("negative"))
            .deprecated()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Application.run(inputs, Optional.of(inputs.get(Application.VAE)));
    }
}

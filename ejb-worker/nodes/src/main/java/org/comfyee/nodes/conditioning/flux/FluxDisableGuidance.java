package org.comfyee.nodes.conditioning.flux;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A text without guidance as a number. */
public final class FluxDisableGuidance implements Node {
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);

    private static final NodeDefinition DEFINITION = node("FluxDisableGuidance")
            .schema()
            .category("advanced/conditioning/flux")
            .description("This node completely disables the guidance embed on Flux and Flux like models")
            .module("comfy_extras.nodes_flux")
            .inputs(CONDITIONING)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(CONDITIONING).map(entry -> entry.with(Conditioning.GUIDANCE, Optional.empty())));
    }
}

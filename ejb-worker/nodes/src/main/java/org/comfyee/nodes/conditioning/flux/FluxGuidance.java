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

/** How strongly the text counts, told to networks that take it as a number. */
public final class FluxGuidance implements Node {
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);
    private static final Input<Double> GUIDANCE = Input.floating("guidance").defaultTo(3.5).range(0.0, 100.0).step(0.1);

    private static final NodeDefinition DEFINITION = node("FluxGuidance")
            .schema()
            .category("advanced/conditioning/flux")
            .module("comfy_extras.nodes_flux")
            .inputs(CONDITIONING, GUIDANCE)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(CONDITIONING).map(entry -> entry.with(Conditioning.GUIDANCE, Optional.of(inputs.get(GUIDANCE)))));
    }
}

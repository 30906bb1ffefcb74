package org.comfyee.nodes.sampling.guiders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.sampling.CfgGuider;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Guidance by one text alone. */
public final class BasicGuider implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);

    private static final NodeDefinition DEFINITION = node("BasicGuider")
            .category("sampling/custom_sampling/guiders")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(MODEL, CONDITIONING)
            .outputs(Types.GUIDER)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(new CfgGuider(inputs.get(MODEL), inputs.get(CONDITIONING), Optional.empty(), 1));
    }
}

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

/** Guidance by a wanted and an unwanted text. */
public final class CfgGuiderNode implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Conditioning> POSITIVE = Input.of("positive", Types.CONDITIONING);
    private static final Input<Conditioning> NEGATIVE = Input.of("negative", Types.CONDITIONING);
    private static final Input<Double> CFG = Input.floating("cfg").defaultTo(8.0).range(0.0, 100.0).step(0.1).with("round", 0.01);

    private static final NodeDefinition DEFINITION = node("CFGGuider")
            .category("sampling/custom_sampling/guiders")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(MODEL, POSITIVE, NEGATIVE, CFG)
            .outputs(Types.GUIDER)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(new CfgGuider(inputs.get(MODEL), inputs.get(POSITIVE), Optional.of(inputs.get(NEGATIVE)), inputs.get(CFG)));
    }
}

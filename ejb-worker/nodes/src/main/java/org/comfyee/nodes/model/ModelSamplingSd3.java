package org.comfyee.nodes.model;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.FlowSampling;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A flow model with another shift, told timesteps in thousandths. */
public final class ModelSamplingSd3 implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> SHIFT = Input.floating("shift").defaultTo(3.0).range(0.0, 100.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("ModelSamplingSD3")
            .category("advanced/model")
            .module("comfy_extras.nodes_model_advanced")
            .inputs(MODEL, SHIFT)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(MODEL).withSampling(FlowSampling.shifted(inputs.get(SHIFT), 1000)));
    }
}

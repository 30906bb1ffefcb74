package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.adapter.Hypernetwork;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Patches a diffusion model with a hypernetwork. */
public final class HypernetworkLoader implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<String> HYPERNETWORK_NAME = Input.combo("hypernetwork_name", folders -> folders.models("hypernetworks"));
    private static final Input<Double> STRENGTH = Input.floating("strength").defaultTo(1.0).range(-10.0, 10.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("HypernetworkLoader")
            .module("comfy_extras.nodes_hypernetwork")
            .category("loaders")
            .inputs(MODEL, HYPERNETWORK_NAME, STRENGTH)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        var hypernetwork = Hypernetwork.open(context.folders().model("hypernetworks", inputs.get(HYPERNETWORK_NAME)));
        return Outputs.of(inputs.get(MODEL).withNetworkPatch(hypernetwork.patch(inputs.get(STRENGTH))));
    }
}

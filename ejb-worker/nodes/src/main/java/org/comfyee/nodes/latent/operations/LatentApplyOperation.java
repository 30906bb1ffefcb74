package org.comfyee.nodes.latent.operations;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.nodes.Latent;
import org.comfyee.nodes.LatentOperation;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents after an operation. */
public final class LatentApplyOperation implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<LatentOperation> OPERATION = Input.of("operation", Types.LATENT_OPERATION);

    private static final NodeDefinition DEFINITION = node("LatentApplyOperation")
            .schema()
            .category("latent/advanced/operations")
            .module("comfy_extras.nodes_latent")
            .experimental()
            .inputs(SAMPLES, OPERATION)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var latent = inputs.get(SAMPLES);
        return Outputs.of(latent.withSamples(inputs.get(OPERATION).apply(latent.samples())));
    }
}

package org.comfyee.nodes.model.attention;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A U-Net whose attentions count more or less, those within a picture apart from those between pictures. */
public final class UNetTemporalAttentionMultiply implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> SELF_STRUCTURAL = Input.floating("self_structural").defaultTo(1.0).range(0.0, 10.0).step(0.01);
    private static final Input<Double> SELF_TEMPORAL = Input.floating("self_temporal").defaultTo(1.0).range(0.0, 10.0).step(0.01);
    private static final Input<Double> CROSS_STRUCTURAL = Input.floating("cross_structural").defaultTo(1.0).range(0.0, 10.0).step(0.01);
    private static final Input<Double> CROSS_TEMPORAL = Input.floating("cross_temporal").defaultTo(1.0).range(0.0, 10.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("UNetTemporalAttentionMultiply")
            .schema()
            .category("_for_testing/attention_experiments")
            .module("comfy_extras.nodes_attention_multiply")
            .experimental()
            .inputs(MODEL, SELF_STRUCTURAL, SELF_TEMPORAL, CROSS_STRUCTURAL, CROSS_TEMPORAL)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(MODEL).withWeights(weights -> weights.changed(parameter -> {
            boolean temporal = parameter.name().contains("time_stack");
            if (parameter.name().contains("attn1.to_out.0.")) {
                return AttentionScaling.scaled(parameter, inputs.get(temporal ? SELF_TEMPORAL : SELF_STRUCTURAL));
            }
            if (parameter.name().contains("attn2.to_out.0.")) {
                return AttentionScaling.scaled(parameter, inputs.get(temporal ? CROSS_TEMPORAL : CROSS_STRUCTURAL));
            }
            return parameter;
        })));
    }
}

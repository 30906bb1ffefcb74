package org.comfyee.nodes.model.attention;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Map;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A U-Net whose attention to the text has scaled projections. */
public final class UNetCrossAttentionMultiply implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> Q = Input.floating("q").defaultTo(1.0).range(0.0, 10.0).step(0.01);
    private static final Input<Double> K = Input.floating("k").defaultTo(1.0).range(0.0, 10.0).step(0.01);
    private static final Input<Double> V = Input.floating("v").defaultTo(1.0).range(0.0, 10.0).step(0.01);
    private static final Input<Double> OUT = Input.floating("out").defaultTo(1.0).range(0.0, 10.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("UNetCrossAttentionMultiply")
            .schema()
            .category("_for_testing/attention_experiments")
            .module("comfy_extras.nodes_attention_multiply")
            .experimental()
            .inputs(MODEL, Q, K, V, OUT)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(AttentionScaling.scaled(inputs.get(MODEL), Map.of("attn2.to_q", inputs.get(Q), "attn2.to_k", inputs.get(K),
                "attn2.to_v", inputs.get(V), "attn2.to_out.0", inputs.get(OUT))));
    }
}

package org.comfyee.nodes.model.attention;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Map;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** CLIPs whose attention has scaled projections. */
public final class ClipAttentionMultiply implements Node {
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP);
    private static final Input<Double> Q = Input.floating("q").defaultTo(1.0).range(0.0, 10.0).step(0.01);
    private static final Input<Double> K = Input.floating("k").defaultTo(1.0).range(0.0, 10.0).step(0.01);
    private static final Input<Double> V = Input.floating("v").defaultTo(1.0).range(0.0, 10.0).step(0.01);
    private static final Input<Double> OUT = Input.floating("out").defaultTo(1.0).range(0.0, 10.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("CLIPAttentionMultiply")
            .schema()
            .category("_for_testing/attention_experiments")
            .module("comfy_extras.nodes_attention_multiply")
            .experimental()
            .inputs(CLIP, Q, K, V, OUT)
            .outputs(Types.CLIP)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(AttentionScaling.scaled(inputs.get(CLIP), Map.of(
                "self_attn.q_proj", inputs.get(Q), "self_attn.k_proj", inputs.get(K),
                "self_attn.v_proj", inputs.get(V), "self_attn.out_proj", inputs.get(OUT))));
    }
}

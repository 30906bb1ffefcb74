package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A text encoder whose T5 reads prompts that are filled up. */
public final class T5TokenizerOptions implements Node {
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP);
    private static final Input<Integer> MIN_PADDING = Input.integer("min_padding").defaultTo(0).range(0, 10000).step(1);
    private static final Input<Integer> MIN_LENGTH = Input.integer("min_length").defaultTo(0).range(0, 10000).step(1);

    private static final NodeDefinition DEFINITION = node("T5TokenizerOptions")
            .schema()
            .category("_for_testing/conditioning")
            .module("comfy_extras.nodes_cond")
            .experimental()
            .inputs(CLIP, MIN_PADDING, MIN_LENGTH)
            .outputs(Types.CLIP)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(CLIP).withT5Padding(inputs.get(MIN_PADDING), inputs.get(MIN_LENGTH)));
    }
}

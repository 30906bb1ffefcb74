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

/** Makes a text encoder stop before its last layer ("clip skip"). */
public final class ClipSetLastLayer implements Node {
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP);
    private static final Input<Integer> STOP_AT_CLIP_LAYER = Input.integer("stop_at_clip_layer").defaultTo(-1).range(-24, -1).step(1);

    private static final NodeDefinition DEFINITION = node("CLIPSetLastLayer")
            .displayName("CLIP Set Last Layer")
            .category("conditioning")
            .inputs(CLIP, STOP_AT_CLIP_LAYER)
            .outputs(Types.CLIP)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(CLIP).withLastLayer(inputs.get(STOP_AT_CLIP_LAYER)));
    }
}

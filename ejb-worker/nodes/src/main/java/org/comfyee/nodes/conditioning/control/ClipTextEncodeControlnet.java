package org.comfyee.nodes.conditioning.control;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.control.AppliedControl;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Gives control networks a text of their own. */
public final class ClipTextEncodeControlnet implements Node {
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP);
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);
    private static final Input<String> TEXT = Input.string("text").with("multiline", true).with("dynamicPrompts", true);

    private static final NodeDefinition DEFINITION = node("CLIPTextEncodeControlnet")
            .module("comfy_extras.nodes_cond")
            .schema()
            .category("_for_testing/conditioning")
            .inputs(CLIP, CONDITIONING, TEXT)
            .outputs(Types.CONDITIONING)
            .experimental()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var encoded = inputs.get(CLIP).encode(inputs.get(TEXT));
        return Outputs.of(inputs.get(CONDITIONING).map(entry -> entry
                .with(AppliedControl.TEXT, encoded.cond())
                .with(AppliedControl.POOLED_TEXT, encoded.pooled())));
    }
}

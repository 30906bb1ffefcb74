package org.comfyee.nodes.merging;

import org.comfyee.diffusion.adapter.Merge;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** What a text encoder has more than another, many times. */
public final class ClipMergeSubtract implements Node {
    private static final NodeDefinition DEFINITION = Ratios.encoders("CLIPMergeSubtract", Ratios.MULTIPLIER);

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(Merge.of(inputs.get(Ratios.CLIP1), inputs.get(Ratios.CLIP2), Merge.Shares.difference(inputs.get(Ratios.MULTIPLIER))));
    }
}

package org.comfyee.nodes.merging;

import org.comfyee.diffusion.adapter.Merge;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** The sum of two text encoders, one of which is usually a difference. */
public final class ClipMergeAdd implements Node {
    private static final NodeDefinition DEFINITION = Ratios.encoders("CLIPMergeAdd");

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(Merge.of(inputs.get(Ratios.CLIP1), inputs.get(Ratios.CLIP2), Merge.Shares.sum()));
    }
}

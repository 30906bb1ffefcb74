package org.comfyee.nodes.merging;

import org.comfyee.diffusion.adapter.Merge;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A text encoder between two others. */
public final class ClipMergeSimple implements Node {
    private static final NodeDefinition DEFINITION = Ratios.encoders("CLIPMergeSimple", Ratios.RATIO);

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(Merge.of(inputs.get(Ratios.CLIP1), inputs.get(Ratios.CLIP2), Merge.Shares.mix(inputs.get(Ratios.RATIO))));
    }
}

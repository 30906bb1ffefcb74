package org.comfyee.nodes.merging;

import org.comfyee.diffusion.adapter.Merge;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** The sum of two models, one of which is usually a difference. */
public final class ModelMergeAdd implements Node {
    private static final NodeDefinition DEFINITION = Ratios.models("ModelMergeAdd");

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(Merge.of(inputs.get(Ratios.MODEL1), inputs.get(Ratios.MODEL2), _ -> Merge.Shares.sum()));
    }
}

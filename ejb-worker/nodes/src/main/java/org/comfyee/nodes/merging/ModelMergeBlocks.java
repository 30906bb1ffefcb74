package org.comfyee.nodes.merging;

import java.util.List;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A U-Net between two others, with a ratio for each of its sections. */
public final class ModelMergeBlocks implements Node {
    private static final Input<Double> INPUT = Ratios.ratio("input");
    private static final Input<Double> MIDDLE = Ratios.ratio("middle");
    private static final Input<Double> OUT = Ratios.ratio("out");

    private static final NodeDefinition DEFINITION = Ratios.models("ModelMergeBlocks", INPUT, MIDDLE, OUT);

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(Ratios.merged(inputs, List.of(INPUT, MIDDLE, OUT)));
    }
}

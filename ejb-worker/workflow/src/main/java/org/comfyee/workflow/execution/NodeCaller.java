package org.comfyee.workflow.execution;

import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.Outputs;

/** Surrounds each call of a node, so that a host can own the memory which the node uses. */
@FunctionalInterface
public interface NodeCaller {
    /** Calls {@link Node#run} once, and passes on what it throws. */
    Outputs call(Node node, Inputs inputs, NodeContext context) throws Exception;
}

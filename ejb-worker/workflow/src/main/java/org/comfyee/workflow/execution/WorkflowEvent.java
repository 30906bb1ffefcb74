package org.comfyee.workflow.execution;

import java.util.Map;
import java.util.Optional;
import org.comfyee.workflow.node.Preview;

/** Something that clients are told while a prompt runs. */
public sealed interface WorkflowEvent {

    /**
     * A websocket message.
     *
     * @param everyone whether all clients get it if the prompt belongs to none
     */
    record Message(String type, Map<String, Object> data, boolean everyone) implements WorkflowEvent {}

    /** A picture of a node's work in progress. */
    record PreviewImage(String promptId, String nodeId, String displayNodeId, Optional<String> parentNodeId, String realNodeId, Preview preview)
            implements WorkflowEvent {}

    /** A text that all clients show at a node. */
    record ProgressText(String nodeId, String text) implements WorkflowEvent {}
}

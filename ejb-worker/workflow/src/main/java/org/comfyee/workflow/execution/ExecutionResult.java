package org.comfyee.workflow.execution;

import java.util.List;
import java.util.Map;

/**
 * How a prompt ended.
 *
 * @param outputs what nodes show to clients, by node id
 * @param meta which node it was, by node id
 * @param messages {@code [type, data]} of the events that history keeps
 */
public record ExecutionResult(boolean success, Map<String, Object> outputs, Map<String, Object> meta, List<List<Object>> messages) {

    /** {@code success} or {@code error}. */
    public String statusText() {
        return success ? "success" : "error";
    }
}

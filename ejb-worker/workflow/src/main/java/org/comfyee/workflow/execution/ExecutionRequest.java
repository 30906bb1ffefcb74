package org.comfyee.workflow.execution;

import java.util.List;
import java.util.Map;

/**
 * A validated prompt.
 *
 * @param outputs the output nodes to run
 */
public record ExecutionRequest(String promptId, Map<String, Object> prompt, Map<String, Object> extraData, List<String> outputs) {}

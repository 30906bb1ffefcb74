package org.comfyee.workflow.graph;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of a prompt's check.
 *
 * @param error why nothing of the prompt can run, in the form that clients get; empty if something can
 * @param goodOutputs output nodes that can run, in the order of the prompt
 * @param nodeErrors what is wrong with which node; may hold entries beside good outputs
 * @param prompt with constants converted to their inputs' types
 */
public record ValidationResult(
        Optional<Map<String, Object>> error, List<String> goodOutputs, Map<String, Object> nodeErrors, Map<String, Object> prompt) {

    public boolean isAccepted() {
        return error.isEmpty();
    }
}

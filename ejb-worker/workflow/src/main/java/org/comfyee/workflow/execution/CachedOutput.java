package org.comfyee.workflow.execution;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a node gave.
 *
 * @param outputs for each output the values of all calls
 */
public record CachedOutput(List<List<Object>> outputs, Optional<Shown> shown) {

    /** @param output what clients are shown */
    public record Shown(Map<String, Object> output, Map<String, Object> meta) {}
}

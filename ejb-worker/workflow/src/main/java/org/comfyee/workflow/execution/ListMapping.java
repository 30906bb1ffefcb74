package org.comfyee.workflow.execution;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.comfyee.workflow.node.Blocker;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** Turns lists of inputs into single calls of a node, and the calls' results back into lists. */
final class ListMapping {
    private ListMapping() {}

    /** The inputs of each call: shorter lists repeat their last element. */
    static List<Map<String, Object>> calls(NodeDefinition definition, Map<String, List<Object>> inputs) {
        if (definition.takesLists()) {
            return List.of(new LinkedHashMap<>(inputs));
        }
        int longest = inputs.values().stream().mapToInt(List::size).max().orElse(0);
        if (longest == 0) {
            return List.of(Map.of());
        }
        var calls = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < longest; i++) {
            var call = new LinkedHashMap<String, Object>();
            for (var input : inputs.entrySet()) {
                var values = input.getValue();
                if (!values.isEmpty()) {
                    call.put(input.getKey(), values.get(Math.min(i, values.size() - 1)));
                }
            }
            calls.add(call);
        }
        return calls;
    }

    /** The blocker among the values of a call, if there is one. */
    static Optional<Blocker> blocker(Map<String, Object> call, boolean lists) {
        return call.values().stream()
                .flatMap(value -> lists && value instanceof List<?> list ? list.stream() : Stream.of(value == null ? "" : value))
                .filter(Blocker.class::isInstance)
                .map(Blocker.class::cast)
                .findFirst();
    }

    /** A result in which each output is blocked. */
    static Outputs blocked(NodeDefinition definition) {
        return Outputs.of(definition.outputs().stream().map(_ -> (Object) Blocker.SILENT).toArray());
    }

    /** A blocker alone stands for all outputs. */
    static Outputs spread(NodeDefinition definition, Outputs outputs) {
        int count = definition.outputs().size();
        return outputs.values().size() == 1 && count > 1 && outputs.values().getFirst() instanceof Blocker blocker
                ? new Outputs(Collections.nCopies(count, blocker), outputs.ui(), outputs.expansion())
                : outputs;
    }

    /** For each output the values of all calls. */
    static List<List<Object>> merge(NodeDefinition definition, List<List<Object>> calls) {
        var merged = new ArrayList<List<Object>>();
        int count = calls.isEmpty() ? 0 : calls.getFirst().size();
        for (int slot = 0; slot < count; slot++) {
            var output = slot < definition.outputs().size() ? Optional.of(definition.outputs().get(slot)) : Optional.<Output>empty();
            var values = new ArrayList<Object>();
            for (var call : calls) {
                var value = call.get(slot);
                if (output.map(Output::list).orElse(false) && value instanceof List<?> list) {
                    values.addAll(list);
                } else {
                    values.add(value);
                }
            }
            merged.add(values);
        }
        return merged;
    }

    /** What the calls show to clients, joined by name. */
    static Map<String, Object> mergeShown(List<Outputs> calls) {
        var merged = new LinkedHashMap<String, Object>();
        var showing = calls.stream().map(Outputs::ui).filter(ui -> !ui.isEmpty()).toList();
        if (!showing.isEmpty()) {
            for (var name : showing.getFirst().keySet()) {
                var values = new ArrayList<Object>();
                showing.forEach(ui -> values.addAll(ui.getOrDefault(name, List.of())));
                merged.put(name, values);
            }
        }
        return merged;
    }
}

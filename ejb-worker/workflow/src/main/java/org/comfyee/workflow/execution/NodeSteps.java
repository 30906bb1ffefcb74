package org.comfyee.workflow.execution;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.comfyee.workflow.graph.Link;
import org.comfyee.workflow.graph.PromptNode;
import org.comfyee.workflow.node.Blocker;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.Outputs;

/** Runs the nodes of one prompt one by one. */
final class NodeSteps {
    private final PromptRun run;
    /** Calls of nodes that wait for what they expanded into. */
    private final Map<String, List<Outputs>> expanding = new HashMap<>();
    private final Map<String, Optional<CachedOutput.Shown>> shown = new HashMap<>();

    NodeSteps(PromptRun run) {
        this.run = run;
    }

    /** @return whether the node is done; if not, it waits for nodes that are on the list now */
    boolean run(String id) throws NodeFailure {
        var cached = run.result(id);
        if (cached.isPresent()) {
            tellExecuted(id, cached.get().shown().map(CachedOutput.Shown::output).orElse(null));
            run.progress().finish(id);
            return true;
        }
        var gathered = new LinkedHashMap<String, List<Object>>();
        try {
            return expanding.containsKey(id) ? finishExpanded(id) : runFresh(id, gathered);
        } catch (Throwable e) {
            // Errors too, such as that of a class which a jar of nodes lacks: they are the prompt's end, not the worker's.
            throw new NodeFailure(id, e, gathered);
        }
    }

    /** @param gathered takes what clients are told of the inputs if the node fails */
    private boolean runFresh(String id, Map<String, List<Object>> gathered) throws Exception {
        run.progress().start(id);
        var promptNode = run.dynamic().node(id);
        var node = run.host().registry().find(promptNode.classType()).orElseThrow(
                () -> new IllegalStateException("this worker knows no node called " + promptNode.classType()));
        var inputs = new LinkedHashMap<String, List<Object>>();
        var missing = gather(node, promptNode, inputs);
        var hidden = hidden(id, node);
        inputs.keySet().removeAll(hidden.keySet());
        gathered.putAll(inputs);
        gathered.putAll(hidden);
        var executing = new LinkedHashMap<String, Object>();
        executing.put("node", id);
        executing.put("display_node", run.dynamic().displayId(id));
        run.tell("executing", executing);
        refuseUnknownLinks(node, promptNode);
        if (awaitLazyInputs(id, node, inputs, missing)) {
            return false;
        }
        var calls = call(id, node, inputs);
        show(id, ListMapping.mergeShown(calls));
        if (calls.stream().anyMatch(outputs -> outputs.expansion().isPresent())) {
            expand(id, calls);
            return false;
        }
        finish(id, node, calls.stream().map(Outputs::values).toList());
        return true;
    }

    /** Reads the values of all inputs; returns the names of those that are not computed. */
    private Set<String> gather(Node node, PromptNode promptNode, Map<String, List<Object>> inputs) {
        var missing = new LinkedHashSet<String>();
        promptNode.inputs().forEach((name, value) -> {
            Optional<Input<?>> declared = node.definition().input(name);
            var link = Link.of(value);
            if (link.isPresent() && !declared.map(Input::isRawLink).orElse(false)) {
                var outputs = run.result(link.get().node()).map(CachedOutput::outputs).orElse(List.of());
                var index = link.get().indexIn(outputs.size());
                if (index.isEmpty()) {
                    missing.add(name);
                }
                inputs.put(name, index.isPresent() ? outputs.get(index.getAsInt()) : Collections.singletonList(null));
            } else if (declared.isPresent()) {
                inputs.put(name, Collections.singletonList(value));
            }
        });
        return missing;
    }

    /** What the node is handed beside its inputs; one of a schema gets it by another way. */
    private Map<String, List<Object>> hidden(String id, Node node) {
        var hidden = new LinkedHashMap<String, List<Object>>();
        if (!node.definition().isSchema()) {
            node.definition().hidden().forEach(each -> hidden.put(each.inputName(), Collections.singletonList(switch (each) {
                case PROMPT -> run.told();
                case DYNPROMPT -> run.dynamic();
                case EXTRA_PNGINFO -> run.request().extraData().get("extra_pnginfo");
                case UNIQUE_ID -> id;
            })));
        }
        return hidden;
    }

    /** Constants that a node does not know are left out, but behind a link somebody has worked. */
    private static void refuseUnknownLinks(Node node, PromptNode promptNode) {
        promptNode.links().keySet().stream()
                .filter(name -> node.definition().input(name).isEmpty())
                .filter(name -> node.definition().hidden().stream().noneMatch(each -> each.inputName().equals(name)))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(promptNode.classType() + " got an unexpected input '" + name + "'");
                });
    }

    private boolean awaitLazyInputs(String id, Node node, Map<String, List<Object>> inputs, Set<String> missing) {
        if (node.definition().inputs().values().stream().noneMatch(Input::isLazy)) {
            return false;
        }
        var wanted = new LinkedHashSet<String>();
        for (var call : ListMapping.calls(node.definition(), inputs)) {
            if (ListMapping.blocker(call, node.definition().takesLists()).isEmpty()) {
                wanted.addAll(node.neededLazyInputs(new Inputs(call)));
            }
        }
        wanted.removeIf(name -> inputs.containsKey(name) && !missing.contains(name));
        wanted.forEach(name -> run.pending().requireInput(id, name));
        return !wanted.isEmpty();
    }

    private List<Outputs> call(String id, Node node, Map<String, List<Object>> inputs) throws Exception {
        var results = new ArrayList<Outputs>();
        for (var call : ListMapping.calls(node.definition(), inputs)) {
            var context = new RunContext(run, id, results.size());
            context.checkInterrupted();
            var blocker = ListMapping.blocker(call, node.definition().takesLists());
            if (blocker.isPresent()) {
                blocker.flatMap(Blocker::message).ifPresent(message -> tellBlocked(id, node, message));
                results.add(ListMapping.blocked(node.definition()));
            } else {
                results.add(ListMapping.spread(node.definition(), run.host().caller().call(node, new Inputs(call), context)));
            }
        }
        return results;
    }

    private void tellBlocked(String id, Node node, String message) {
        var data = new LinkedHashMap<String, Object>();
        data.put("prompt_id", run.request().promptId());
        data.put("node_id", id);
        data.put("node_type", node.definition().name());
        data.put("executed", List.copyOf(run.executed()));
        data.put("exception_message", "Execution Blocked: " + message);
        data.put("exception_type", "ExecutionBlocked");
        data.put("traceback", List.of());
        data.put("current_inputs", List.of());
        data.put("current_outputs", List.of());
        run.sink().emit(new WorkflowEvent.Message("execution_error", data, true));
    }

    private void show(String id, Map<String, Object> output) {
        if (output.isEmpty()) {
            return;
        }
        var meta = new LinkedHashMap<String, Object>();
        meta.put("node_id", id);
        meta.put("display_node", run.dynamic().displayId(id));
        meta.put("parent_node", run.dynamic().parent(id).orElse(null));
        meta.put("real_node_id", run.dynamic().realId(id));
        shown.put(id, Optional.of(new CachedOutput.Shown(output, meta)));
        tellExecuted(id, output);
    }

    private void tellExecuted(String id, Map<String, Object> output) {
        var data = new LinkedHashMap<String, Object>();
        data.put("node", id);
        data.put("display_node", run.dynamic().displayId(id));
        data.put("output", output);
        run.tell("executed", data);
    }

    private void expand(String id, List<Outputs> calls) {
        for (var outputs : calls) {
            outputs.expansion().ifPresent(nodes -> {
                nodes.forEach((inner, value) -> run.dynamic().addExpanded(inner, value, id));
                nodes.keySet().stream().filter(this::isOutput).forEach(run.pending()::add);
                outputs.values().stream().map(Link::of).flatMap(Optional::stream).forEach(link -> run.pending().require(link.node(), id));
            });
        }
        expanding.put(id, calls);
    }

    private boolean isOutput(String id) {
        return run.host().registry().find(run.dynamic().node(id).classType()).map(node -> node.definition().isOutputNode()).orElse(false);
    }

    private boolean finishExpanded(String id) {
        var results = new ArrayList<List<Object>>();
        for (var outputs : expanding.remove(id)) {
            results.add(outputs.expansion().isPresent() ? resolved(outputs.values()) : outputs.values());
        }
        var node = run.host().registry().find(run.dynamic().node(id).classType()).orElseThrow();
        finish(id, node, results);
        return true;
    }

    private List<Object> resolved(List<Object> values) {
        var resolved = new ArrayList<Object>();
        for (var value : values) {
            Link.of(value).ifPresentOrElse(
                    link -> resolved.addAll(run.result(link.node()).orElseThrow().outputs().get(link.slot())), () -> resolved.add(value));
        }
        return resolved;
    }

    private void finish(String id, Node node, List<List<Object>> calls) {
        var output = new CachedOutput(ListMapping.merge(node.definition(), calls), Objects.requireNonNullElse(shown.get(id), Optional.empty()));
        run.finish(id, output);
    }
}

package org.comfyee.workflow.execution;

import java.util.LinkedHashMap;
import java.util.Map;

/** How far each node of a prompt has come that has begun, as clients are told it each time something moves. */
final class ProgressState {
    private final String promptId;
    private final DynamicPrompt prompt;
    private final EventSink sink;
    private final Map<String, Map<String, Object>> nodes = new LinkedHashMap<>();

    ProgressState(String promptId, DynamicPrompt prompt, EventSink sink) {
        this.promptId = promptId;
        this.prompt = prompt;
        this.sink = sink;
    }

    void start(String id) {
        update(id, 0.0, 1.0, "running");
    }

    void advance(String id, long value, long max) {
        update(id, value, max, "running");
    }

    void finish(String id) {
        var known = nodes.get(id);
        var max = known == null ? (Object) 1L : known.get("max");
        update(id, max, max, "finished");
    }

    private void update(String id, Object value, Object max, String state) {
        var entry = new LinkedHashMap<String, Object>();
        entry.put("value", value);
        entry.put("max", max);
        entry.put("state", state);
        entry.put("node_id", id);
        entry.put("prompt_id", promptId);
        entry.put("display_node_id", prompt.displayId(id));
        entry.put("parent_node_id", prompt.parent(id).orElse(null));
        entry.put("real_node_id", prompt.realId(id));
        nodes.put(id, entry);
        var data = new LinkedHashMap<String, Object>();
        data.put("prompt_id", promptId);
        // The state goes on changing while the message travels.
        data.put("nodes", new LinkedHashMap<>(nodes));
        sink.emit(new WorkflowEvent.Message("progress_state", data, true));
    }
}

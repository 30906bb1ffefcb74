package org.comfyee.cluster.worker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A worker as it tells of itself.
 *
 * @param libtorch its version, empty while it is not loaded
 * @param devices what it computes on
 * @param memoryTotal of the machine, in bytes
 * @param models names of the checkpoints that it keeps open
 * @param currentPrompt empty if it waits
 * @param currentNode what runs of it, as clients see it; empty if that is none yet
 * @param sinceMillis when it began that prompt or began to wait
 * @param draining whether it takes nothing more and leaves after its prompt
 */
public record WorkerInfo(
        String id, String host, String libtorch, List<String> devices, long memoryTotal, long memoryFree, List<String> models, String currentPrompt,
        String currentNode, long sinceMillis, boolean draining) {

    public Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("id", id);
        json.put("host", host);
        json.put("libtorch", libtorch);
        json.put("devices", devices);
        json.put("memory_total", memoryTotal);
        json.put("memory_free", memoryFree);
        json.put("loaded_models", models);
        json.put("current_prompt", currentPrompt.isEmpty() ? null : currentPrompt);
        json.put("current_node", currentNode.isEmpty() ? null : currentNode);
        json.put("since", sinceMillis);
        json.put("draining", draining);
        return json;
    }
}

package org.comfyee.web.socket;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.comfyee.cluster.event.ClusterEvent;
import org.comfyee.workflow.json.Json;

/** Which node each prompt was last heard to be at; of prompts that have ended too, the latest ones. */
final class RunningNodes {
    private static final int MOST = 1_024;

    private final Map<String, String> nodes = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST;
        }
    };

    /** @param event what clients are told */
    void hear(ClusterEvent event) {
        switch (event.type()) {
            // A prompt that begins again, as its worker is gone.
            case "execution_start" -> leave(event);
            case "executing" -> enter(event);
            default -> {}
        }
    }

    private static Map<String, Object> data(ClusterEvent event) {
        return Json.object(event.data().get("data")).orElse(Map.of());
    }

    private synchronized void leave(ClusterEvent event) {
        nodes.remove((String) data(event).get("prompt_id"));
    }

    /** At the end none is told of. */
    private synchronized void enter(ClusterEvent event) {
        var data = data(event);
        if (data.get("display_node") instanceof String node) {
            nodes.put((String) data.get("prompt_id"), node);
        }
    }

    synchronized Optional<String> find(String promptId) {
        return Optional.ofNullable(nodes.get(promptId));
    }
}

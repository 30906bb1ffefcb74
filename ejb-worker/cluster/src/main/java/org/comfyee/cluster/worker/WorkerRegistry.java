package org.comfyee.cluster.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.workflow.json.Json;

/** The workers that are alive: each says so every second, and who has not for a few seconds is gone. */
public final class WorkerRegistry {
    /** How often a worker says that it is alive. */
    public static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private static final Duration LIFETIME = Duration.ofSeconds(5);

    private final GridMap workers;

    public WorkerRegistry(Grid grid) {
        workers = grid.map("comfyee.workers");
    }

    public void heartbeat(WorkerInfo info) {
        workers.put(info.id(), Json.write(info.toJson()), LIFETIME);
    }

    public void leave(String workerId) {
        workers.remove(workerId);
    }

    public boolean isAlive(String workerId) {
        return workers.get(workerId).isPresent();
    }

    /** File names of the models that each worker holds, by the workers' ids. */
    public Map<String, Set<String>> models() {
        var models = new HashMap<String, Set<String>>();
        list().forEach(worker -> {
            var names = new HashSet<String>();
            ((List<?>) worker.get("loaded_models")).forEach(name -> names.add((String) name));
            models.put((String) worker.get("id"), names);
        });
        return models;
    }

    /** The node of a running prompt that its worker was at when it last told of itself. */
    public Optional<String> currentNode(String promptId) {
        return list().stream()
                .filter(worker -> promptId.equals(worker.get("current_prompt")))
                .flatMap(worker -> Optional.ofNullable((String) worker.get("current_node")).stream())
                .findFirst();
    }

    /** What all workers tell of themselves, in JSON form, by id. */
    public List<Map<String, Object>> list() {
        return workers.entries().entrySet().stream().sorted(Map.Entry.comparingByKey()).map(entry -> Json.parseObject(entry.getValue())).toList();
    }
}

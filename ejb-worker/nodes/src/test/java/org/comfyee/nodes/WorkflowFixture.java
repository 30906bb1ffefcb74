package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.comfyee.workflow.execution.ExecutionRequest;
import org.comfyee.workflow.execution.ExecutionResult;
import org.comfyee.workflow.execution.Interrupt;
import org.comfyee.workflow.execution.OutputCache;
import org.comfyee.workflow.execution.WorkflowEvent;
import org.comfyee.workflow.execution.WorkflowExecutor;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.graph.PromptValidator;
import org.comfyee.workflow.node.NodeRegistry;

/** The built-in nodes on a directory of their own: validates and runs prompts, and hears their events. */
final class WorkflowFixture {
    static final NodeRegistry REGISTRY = NodeRegistry.load(WorkflowFixture.class.getClassLoader());

    private final Folders folders;
    private final WorkflowExecutor executor;
    final List<WorkflowEvent> events = new ArrayList<>();
    final Interrupt interrupt = new Interrupt();

    WorkflowFixture(Folders folders) {
        this(folders, Preferences.DEFAULT);
    }

    WorkflowFixture(Folders folders, Preferences preferences) {
        this.folders = folders;
        executor = new WorkflowExecutor(REGISTRY, folders, OutputCache.classic(), new ScopedCaller(),
                Map.of(Models.class, new Models(2), Preferences.class, preferences));
    }

    ExecutionResult run(Map<String, Object> prompt) {
        return run(prompt, Map.of());
    }

    /** @param extraData what a client sends beside the prompt */
    ExecutionResult run(Map<String, Object> prompt, Map<String, Object> extraData) {
        events.clear();
        var checked = new PromptValidator(REGISTRY, folders).validate(prompt, Optional.empty());
        assertTrue(checked.isAccepted(), () -> checked.error() + " " + checked.nodeErrors());
        var request = new ExecutionRequest(UUID.randomUUID().toString(), checked.prompt(), extraData, checked.goodOutputs());
        return executor.execute(request, events::add, interrupt);
    }

    /** The files that a node saved, read from what it shows. */
    @SuppressWarnings("unchecked")
    List<Path> savedFiles(ExecutionResult result, String node) {
        var shown = (Map<String, Object>) result.outputs().get(node);
        var files = (List<Map<String, Object>>) shown.getOrDefault("images", shown.get("latents"));
        return files.stream()
                .map(file -> folders.directory(Directory.ofType((String) file.get("type")).orElseThrow())
                        .resolve((String) file.get("subfolder")).resolve((String) file.get("filename")))
                .toList();
    }
}

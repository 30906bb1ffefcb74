package org.comfyee.workflow.execution;

import java.util.Map;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.node.NodeRegistry;

/**
 * Runs validated prompts, one at a time, and keeps their results for the next.
 */
public final class WorkflowExecutor {
    private final NodeRegistry registry;
    private final Folders folders;
    private final OutputCache cache;
    private final NodeCaller caller;
    private final Map<Class<?>, Object> services;

    /** @param services what nodes may ask for by {@link org.comfyee.workflow.node.NodeContext#service}, by type */
    public WorkflowExecutor(NodeRegistry registry, Folders folders, OutputCache cache, NodeCaller caller, Map<Class<?>, Object> services) {
        this.registry = registry;
        this.folders = folders;
        this.cache = cache;
        this.caller = caller;
        this.services = Map.copyOf(services);
    }

    /**
     * Runs a prompt to its end, whatever that is; a node that fails ends the prompt, not the executor.
     *
     * @param interrupt is looked at before each node; a wish from before the beginning counts too
     */
    public synchronized ExecutionResult execute(ExecutionRequest request, EventSink sink, Interrupt interrupt) {
        return new PromptRun(this, request, sink, interrupt).run();
    }

    /** Forgets the results of earlier prompts. */
    public synchronized void clearCache() {
        cache.clear();
    }

    NodeRegistry registry() {
        return registry;
    }

    Folders folders() {
        return folders;
    }

    OutputCache cache() {
        return cache;
    }

    NodeCaller caller() {
        return caller;
    }

    Map<Class<?>, Object> services() {
        return services;
    }
}

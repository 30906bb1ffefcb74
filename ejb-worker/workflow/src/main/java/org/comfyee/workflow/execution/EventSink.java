package org.comfyee.workflow.execution;

/** Takes the events of a prompt in their order. */
@FunctionalInterface
public interface EventSink {
    /** Called by the thread that runs the prompt, which waits until it returns. */
    void emit(WorkflowEvent event);
}

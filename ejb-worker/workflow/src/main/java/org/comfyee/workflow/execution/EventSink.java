package org.comfyee.workflow.execution;

/** Takes the events of a prompt in their order. */
@FunctionalInterface
public interface EventSink {
    void emit(WorkflowEvent event);
}

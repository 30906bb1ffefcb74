package org.comfyee.workflow.node;

/** The user interrupted the prompt that is running. */
public final class InterruptedPromptException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InterruptedPromptException() {
        super("the prompt was interrupted", null, false, false);
    }
}

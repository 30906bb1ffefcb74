package org.comfyee.workflow.execution;

import java.util.concurrent.atomic.AtomicBoolean;
import org.comfyee.workflow.node.InterruptedPromptException;

/** The wish of another thread that the running prompt ends. */
public final class Interrupt {
    private final AtomicBoolean raised = new AtomicBoolean();

    /** Ends the prompt where it looks next, for example after a sampling step; may be called by any thread. */
    public void raise() {
        raised.set(true);
    }

    /** Forgets a wish; for whoever gives the same object to another prompt. */
    public void clear() {
        raised.set(false);
    }

    /** @throws InterruptedPromptException once for a wish */
    void check() {
        if (raised.getAndSet(false)) {
            throw new InterruptedPromptException();
        }
    }
}

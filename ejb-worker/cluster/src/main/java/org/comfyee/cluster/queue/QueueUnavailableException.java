package org.comfyee.cluster.queue;

/** The broker cannot be reached, so nothing can be accepted. */
public final class QueueUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    public QueueUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}

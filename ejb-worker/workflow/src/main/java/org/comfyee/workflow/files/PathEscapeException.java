package org.comfyee.workflow.files;

/** A name that leads out of the directory it was meant for. */
public final class PathEscapeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PathEscapeException(String message) {
        super(message);
    }
}

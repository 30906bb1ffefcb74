package org.comfyee.workflow.json;

/** Text that is not JSON; the message says where and why. */
public final class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    JsonException(String message, Throwable cause) {
        super(message, cause);
    }
}

package org.comfyee.server;

/** A command line that cannot be followed; the message says what is wrong with which argument. */
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}

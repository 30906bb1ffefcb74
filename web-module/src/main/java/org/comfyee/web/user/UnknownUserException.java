package org.comfyee.web.user;

/** A request names a user that this server does not know. */
public final class UnknownUserException extends Exception {
    private static final long serialVersionUID = 1L;

    UnknownUserException(String id) {
        super("there is no user '" + id + "'; name one of GET /users in the header comfy-user");
    }
}

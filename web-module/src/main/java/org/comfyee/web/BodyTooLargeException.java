package org.comfyee.web;

import java.io.IOException;

/** A request's body goes on beyond the limit. */
public final class BodyTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    BodyTooLargeException(long most) {
        super("the request body is longer than " + most + " bytes, the limit set by --max-upload-size");
    }
}

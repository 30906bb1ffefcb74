package org.comfyee.web;

import java.io.IOException;

/** A request's body ends before its end, or is no sequence of chunks as it should be: most often the client is gone. */
public final class BodyCutOffException extends IOException {
    private static final long serialVersionUID = 1L;

    BodyCutOffException(IOException cause) {
        super("the request body cannot be read to its end", cause);
    }
}

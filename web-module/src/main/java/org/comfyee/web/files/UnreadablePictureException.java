package org.comfyee.web.files;

import java.io.IOException;

/** A file that should be a picture is none, is damaged, or is too large; the message names it and says which. */
public final class UnreadablePictureException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadablePictureException(String message, Throwable cause) {
        super(message, cause);
    }
}

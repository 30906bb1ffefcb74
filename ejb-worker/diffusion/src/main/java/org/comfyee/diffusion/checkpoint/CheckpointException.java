package org.comfyee.diffusion.checkpoint;

import java.io.IOException;

/** A file that holds no model which can be loaded; the message names the file and what is wrong. */
public final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }
}

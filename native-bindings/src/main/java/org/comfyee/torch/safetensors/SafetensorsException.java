package org.comfyee.torch.safetensors;

import java.io.IOException;

/** A file that is not what the safetensors format says; the message names the file and what is wrong with it. */
public final class SafetensorsException extends IOException {
    private static final long serialVersionUID = 1L;

    SafetensorsException(String message) {
        super(message);
    }

    SafetensorsException(String message, Throwable cause) {
        super(message, cause);
    }
}

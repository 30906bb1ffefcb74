package org.comfyee.torch.pickle;

import java.io.IOException;

/** A file that is not what PyTorch writes; the message says what is wrong with it. */
public final class PickleException extends IOException {
    private static final long serialVersionUID = 1L;

    PickleException(String message) {
        super(message);
    }
}

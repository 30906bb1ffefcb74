package org.comfyee.torch;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Loads the configured libtorch once for the tests of a class. */
public final class LoadedTorch implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        Torch.loadConfigured();
        Torch.disableGradients();
    }
}

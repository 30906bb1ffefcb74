package org.comfyee.diffusion.control;

import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.Weights;

/** Opens control networks for transformers over patches. */
final class TransformerControls {
    private TransformerControls() {}

    static ControlNet of(String file, Weights weights) throws CheckpointException {
        throw new CheckpointException(file + " holds a control network for a transformer (controlnet_blocks), which is not supported yet");
    }
}

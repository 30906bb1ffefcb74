package org.comfyee.diffusion.checkpoint;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.vae.VaeModel;

/** The three models of a single-file checkpoint. */
public record Checkpoint(DiffusionModel model, TextEncoder text, VaeModel vae) {}

package org.comfyee.diffusion.control;

import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.model.ConditioningKey;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.torch.Tensor;

/**
 * A control network with its picture, as a conditioning holds it. Conditionings that hold the same one are asked together.
 *
 * @param picture {@code [batch, channels, height, width]}, 0 to 1
 * @param strength a factor for what it adds
 * @param start from which share of the sampling on it counts, 0 to 1
 * @param end up to which share
 * @param vae for networks that take latents
 * @param masks further channels, {@code [batch, 1, height, width]} at any resolution
 * @param previous a control that counts beside this one
 */
public record AppliedControl(ControlNet net, Tensor picture, double strength, double start, double end, Optional<VaeModel> vae, List<Tensor> masks,
        Optional<AppliedControl> previous) {
    public static final ConditioningKey<AppliedControl> KEY = new ConditioningKey<>("control");
    /** Whether the control of what is wanted also counts for what is not. */
    public static final ConditioningKey<Boolean> FOR_UNWANTED = new ConditioningKey<>("control_apply_to_uncond");
    /** A text of its own for control networks, {@code [1, tokens, channels]}. */
    public static final ConditioningKey<Tensor> TEXT = new ConditioningKey<>("cross_attn_controlnet");
    /** The pooled text that belongs to it. */
    public static final ConditioningKey<Tensor> POOLED_TEXT = new ConditioningKey<>("pooled_output_controlnet");

    /** The same beside another one. */
    public AppliedControl after(AppliedControl other) {
        return new AppliedControl(net, picture, strength, start, end, vae, masks, Optional.of(other));
    }
}

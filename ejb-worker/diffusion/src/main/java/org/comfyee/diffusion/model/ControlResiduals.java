package org.comfyee.diffusion.model;

import java.util.List;
import java.util.Optional;
import org.comfyee.torch.Tensor;

/**
 * What control networks add to a network's feature maps (Zhang et al. 2023, "Adding Conditional Control to Text-to-Image
 * Diffusion Models"). An empty element adds nothing at its place.
 *
 * @param input after the network's input blocks, the first block first
 * @param middle after the middle block
 * @param output to what skips to the output blocks, in the order of the input blocks that it comes from
 */
public record ControlResiduals(List<Optional<Tensor>> input, List<Optional<Tensor>> middle, List<Optional<Tensor>> output) {
    public static final ControlResiduals NONE = new ControlResiduals(List.of(), List.of(), List.of());

    /** Adds the residual at a place, if there is one. */
    public static Tensor add(Tensor h, List<Optional<Tensor>> residuals, int index) {
        return index < residuals.size() ? residuals.get(index).map(h::add).orElse(h) : h;
    }
}

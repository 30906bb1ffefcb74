package org.comfyee.diffusion.control;

import java.util.List;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.DiffusionModel;

/**
 * A network that steers a diffusion model by a picture. A value: changes make another one.
 *
 * @param source what makes its network for a diffusion model
 * @param hint in which form it takes the picture
 * @param averaged whether each of its feature maps counts by its mean alone, as networks that take over a picture's content have it
 * @param types of picture, for networks that know several; none leaves it to the network
 */
public record ControlNet(Source source, HintForm hint, boolean averaged, List<Integer> types) {

    /** Makes the network, some of which borrow weights of the diffusion model. */
    @FunctionalInterface
    public interface Source {
        /** @return a network that lies where the model's does */
        ControlNetwork bind(DiffusionModel model);
    }

    static ControlNet of(Weights file, BoundNetwork.Build build, HintForm hint) {
        return new ControlNet(new BoundNetwork(file, build), hint, false, List.of());
    }

    /** @param newTypes numbers of the types of picture that a "union" network was trained with; none leaves it to the network */
    public ControlNet withTypes(List<Integer> newTypes) {
        return new ControlNet(source, hint, averaged, newTypes);
    }

    ControlNet withAveraged(boolean newAveraged) {
        return new ControlNet(source, hint, newAveraged, types);
    }
}

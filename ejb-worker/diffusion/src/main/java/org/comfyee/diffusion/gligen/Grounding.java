package org.comfyee.diffusion.gligen;

import java.util.List;
import java.util.stream.Stream;
import org.comfyee.diffusion.model.Area;
import org.comfyee.diffusion.model.ConditioningKey;
import org.comfyee.torch.Tensor;

/**
 * Things that a picture is to have in certain places.
 *
 * @param model puts them there
 */
public record Grounding(Gligen model, List<Thing> things) {
    public static final ConditioningKey<Grounding> KEY = new ConditioningKey<>("gligen");

    /**
     * @param text pooled and not projected, {@code [1, channels]}
     * @param place in cells of the latents
     */
    public record Thing(Tensor text, Area.Cells place) {}

    /** The same things and one more, with the model of that one. */
    public Grounding with(Gligen newModel, Thing thing) {
        return new Grounding(newModel, Stream.concat(things.stream(), Stream.of(thing)).toList());
    }
}

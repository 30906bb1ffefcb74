package org.comfyee.diffusion.mmdit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.control.ControlNetwork.Input;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.layers.FeedForward;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.diffusion.layers.Patches;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.unet.Timesteps;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** What control networks of Stable Diffusion 3 have around their blocks, whatever these are. */
final class ControlLayers {
    private final Conv2d patchIn;
    private final Conv2d hintIn;
    private final FeedForward timeIn;
    private final FeedForward labelIn;
    private final List<Linear> outs;

    /**
     * @param weights of the control network
     * @param patches where its view of patches lies, which it may share with the network that is steered
     * @param blocks how many it has
     */
    ControlLayers(Weights weights, Weights patches, int blocks) {
        patchIn = Conv2d.strided(patches.at("x_embedder.proj"), 2, 0);
        hintIn = Conv2d.strided(weights.at("pos_embed_input.proj"), 2, 0);
        timeIn = Mmdit.embedder(weights.at("t_embedder.mlp"));
        labelIn = Mmdit.embedder(weights.at("y_embedder.mlp"));
        outs = IntStream.range(0, blocks).mapToObj(i -> Linear.of(weights.at("controlnet_blocks." + i))).toList();
    }

    /** The latents without their places, {@code [batch, patches, channels]}. */
    Tensor latents(Input input) {
        return patches(patchIn, input.x());
    }

    /** The picture that guides, in the same form. */
    Tensor hint(Input input) {
        return patches(hintIn, input.hint());
    }

    private static Tensor patches(Conv2d in, Tensor latents) {
        return in.apply(Patches.of(latents).padded(latents)).flatten(2, 3).transpose(1, 2);
    }

    /** What all blocks are told: time and label. */
    Tensor vector(Input input, Tensor label) {
        return timeIn.apply(Timesteps.embed(input.timesteps(), Mmdit.TIME_CHANNELS, input.x())).add(labelIn.apply(label));
    }

    /** Collects what blocks give, in a scope of its own. */
    ControlResiduals collect(Consumer<Residuals> run) {
        try (var scope = new TensorScope()) {
            var residuals = new Residuals();
            run.accept(residuals);
            return new ControlResiduals(List.of(), List.of(), residuals.all).map(scope::keep);
        }
    }

    /** What is added after the blocks of the network that is steered. */
    final class Residuals {
        private final List<Optional<Tensor>> all = new ArrayList<>();

        /**
         * @param block whose picture it is
         * @param times after so many of the steered network's blocks
         */
        void add(int block, Tensor picture, int times) {
            all.addAll(Collections.nCopies(times, Optional.of(outs.get(block).apply(picture))));
        }
    }
}

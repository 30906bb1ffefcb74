package org.comfyee.diffusion.mmdit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.control.ControlNetwork;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.layers.FeedForward;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.diffusion.layers.Patches;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.unet.Timesteps;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** A copy of some of Stable Diffusion 3's blocks that sees latents of a picture, as the diffusers library has it. */
public final class MmditControl implements ControlNetwork {
    private final Conv2d patchIn;
    private final Conv2d hintIn;
    private final PatchPlaces places;
    private final FeedForward timeIn;
    private final FeedForward labelIn;
    private final Linear textIn;
    private final List<JointBlock> blocks;
    private final List<Linear> outs;
    private final int mainBlocks;

    /**
     * @param weights in the original layout
     * @param main those of the network that is steered
     */
    public MmditControl(Weights weights, Weights main) {
        patchIn = Conv2d.strided(weights.at("x_embedder.proj"), 2, 0);
        hintIn = Conv2d.strided(weights.at("pos_embed_input.proj"), 2, 0);
        places = new PatchPlaces(weights.get("pos_embed"));
        timeIn = Mmdit.embedder(weights.at("t_embedder.mlp"));
        labelIn = Mmdit.embedder(weights.at("y_embedder.mlp"));
        textIn = Linear.of(weights.at("context_embedder"));
        blocks = IntStream.range(0, weights.count("joint_blocks")).mapToObj(i -> JointBlock.of(weights.at("joint_blocks." + i))).toList();
        outs = IntStream.range(0, blocks.size()).mapToObj(i -> Linear.of(weights.at("controlnet_blocks." + i))).toList();
        mainBlocks = main.count("joint_blocks");
    }

    @Override
    public ControlResiduals predict(Input input) {
        try (var scope = new TensorScope()) {
            return run(input).map(scope::keep);
        }
    }

    private ControlResiduals run(Input input) {
        var patches = Patches.of(input.x());
        var picture = patchIn.apply(patches.padded(input.x())).flatten(2, 3).transpose(1, 2).add(places.of(patches));
        picture = picture.add(hintIn.apply(Patches.of(input.hint()).padded(input.hint())).flatten(2, 3).transpose(1, 2));
        // These networks were trained without the pooled text.
        var vector = timeIn.apply(Timesteps.embed(input.timesteps(), Mmdit.TIME_CHANNELS, input.x())).add(labelIn.apply(input.get(TensorSlot.LABEL).mul(0)));
        var tokens = new JointBlock.Tokens(Optional.of(textIn.apply(input.context())), picture);
        var residuals = new ArrayList<Optional<Tensor>>();
        for (int i = 0; i < blocks.size(); i++) {
            tokens = blocks.get(i).apply(tokens, vector);
            int times = mainBlocks / blocks.size() - (i == blocks.size() - 1 ? 1 : 0);
            residuals.addAll(Collections.nCopies(times, Optional.of(outs.get(i).apply(tokens.picture()))));
        }
        return new ControlResiduals(List.of(), List.of(), residuals);
    }
}

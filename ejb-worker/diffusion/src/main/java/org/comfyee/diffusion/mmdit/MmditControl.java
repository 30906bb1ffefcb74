package org.comfyee.diffusion.mmdit;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.control.ControlNetwork;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.diffusion.layers.Patches;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.TensorSlot;

/** A copy of some of Stable Diffusion 3's blocks that sees latents of a picture, as the diffusers library has it. */
public final class MmditControl implements ControlNetwork {
    private final PatchPlaces places;
    private final Linear textIn;
    private final List<JointBlock> blocks;
    private final ControlLayers layers;
    private final int mainBlocks;

    /**
     * @param weights in the original layout
     * @param main those of the network that is steered
     */
    public MmditControl(Weights weights, Weights main) {
        places = new PatchPlaces(weights.get("pos_embed"));
        textIn = Linear.of(weights.at("context_embedder"));
        blocks = IntStream.range(0, weights.count("joint_blocks")).mapToObj(i -> JointBlock.of(weights.at("joint_blocks." + i))).toList();
        layers = new ControlLayers(weights, weights, blocks.size());
        mainBlocks = main.count("joint_blocks");
    }

    @Override
    public ControlResiduals predict(Input input) {
        return layers.collect(residuals -> run(input, residuals));
    }

    private void run(Input input, ControlLayers.Residuals residuals) {
        var picture = layers.latents(input).add(places.of(Patches.of(input.x()))).add(layers.hint(input));
        // These networks were trained without the pooled text.
        var vector = layers.vector(input, input.get(TensorSlot.LABEL).mul(0));
        var tokens = new JointBlock.Tokens(Optional.of(textIn.apply(input.context())), picture);
        for (int i = 0; i < blocks.size(); i++) {
            tokens = blocks.get(i).apply(tokens, vector);
            residuals.add(i, tokens.picture(), mainBlocks / blocks.size() - (i == blocks.size() - 1 ? 1 : 0));
        }
    }
}

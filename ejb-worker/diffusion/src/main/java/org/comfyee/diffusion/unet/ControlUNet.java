package org.comfyee.diffusion.unet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.control.ControlNetwork;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.layers.FeedForward;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * A copy of a U-Net's encoder that looks at a picture, with a convolution that began at zero after each block (Zhang et al. 2023,
 * "Adding Conditional Control to Text-to-Image Diffusion Models"). Some know several types of picture (ControlNet Union).
 */
public final class ControlUNet implements ControlNetwork {
    private final FeedForward timeIn;
    private final Optional<LabelEmbedding> labelIn;
    private final HintEncoder hintIn;
    private final Optional<UnionTypes> union;
    private final List<Block> inputBlocks;
    private final List<Conv2d> inputOuts;
    private final Block middleBlock;
    private final Conv2d middleOut;
    private final int modelChannels;

    /** @param weights where {@code input_blocks} and {@code zero_convs} lie */
    public ControlUNet(Weights weights) {
        timeIn = LabelEmbedding.embedder(weights.at("time_embed"));
        labelIn = LabelEmbedding.in(weights);
        hintIn = HintEncoder.of(weights.at("input_hint_block"));
        union = weights.has("task_embedding") ? Optional.of(new UnionTypes(weights)) : Optional.empty();
        int blocks = weights.count("zero_convs");
        inputBlocks = IntStream.range(0, blocks).mapToObj(i -> Block.of(weights.at("input_blocks." + i), OptionalInt.empty())).toList();
        inputOuts = IntStream.range(0, blocks).mapToObj(i -> Conv2d.of(weights.at("zero_convs." + i + ".0"))).toList();
        middleBlock = Block.of(weights.at("middle_block"), OptionalInt.empty());
        middleOut = Conv2d.of(weights.at("middle_block_out.0"));
        modelChannels = (int) weights.size("input_blocks.0.0.weight", 0);
    }

    @Override
    public ControlResiduals predict(Input input) {
        try (var scope = new TensorScope()) {
            return run(input).map(scope::keep);
        }
    }

    private ControlResiduals run(Input input) {
        var embedding = timeIn.apply(Timesteps.embed(input.timesteps(), modelChannels, input.x()));
        var hint = hintIn.apply(input.hint());
        if (union.isPresent()) {
            embedding = embedding.add(union.get().embedding(input.types(), input.x()));
            hint = union.get().marked(hint, input.types());
        }
        if (labelIn.isPresent()) {
            embedding = embedding.add(labelIn.get().of(input::get));
        }
        var step = new Block.Step(embedding.silu(), input.context(), new long[0], Optional.empty());
        var outs = new ArrayList<Optional<Tensor>>();
        var h = input.x().channelsLast();
        for (int i = 0; i < inputBlocks.size(); i++) {
            h = inputBlocks.get(i).apply(h, step);
            h = i == 0 ? h.add(hint) : h;
            outs.add(Optional.of(inputOuts.get(i).apply(h)));
        }
        h = middleBlock.apply(h, step);
        return new ControlResiduals(List.of(), List.of(Optional.of(middleOut.apply(h))), outs);
    }
}

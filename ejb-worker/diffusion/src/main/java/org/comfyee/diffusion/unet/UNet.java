package org.comfyee.diffusion.unet;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.layers.FeedForward;
import org.comfyee.diffusion.layers.GroupNorm;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.Network;
import org.comfyee.diffusion.model.NetworkInput;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.patch.Section;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * The U-Net of Stable Diffusion 1.x, of 2.x with its x4 upscaler, and of SDXL (Rombach et al. 2022, "High-Resolution Image Synthesis with Latent
 * Diffusion Models"; Podell et al. 2023, "SDXL"). Its sizes follow from the shapes of its weights.
 */
public final class UNet implements Network {
    /** Its other shapes would allow for heads of a fixed size as well. */
    private static final int UPSCALER_HEADS = 8;

    private final FeedForward timeIn;
    private final Optional<LabelEmbedding> labelIn;
    private final List<Block> inputBlocks;
    private final Block middleBlock;
    private final List<Block> outputBlocks;
    private final GroupNorm norm;
    private final Conv2d out;
    private final int modelChannels;

    /** @param weights at {@code model.diffusion_model} */
    public UNet(Weights weights) {
        timeIn = LabelEmbedding.embedder(weights.at("time_embed"));
        labelIn = LabelEmbedding.in(weights);
        var heads = weights.has(LabelEmbedding.LEVELS) ? OptionalInt.of(UPSCALER_HEADS) : OptionalInt.empty();
        inputBlocks = blocks(weights, "input_blocks", heads);
        middleBlock = Block.of(weights.at("middle_block"), heads);
        outputBlocks = blocks(weights, "output_blocks", heads);
        norm = GroupNorm.of(weights.at("out.0"), 1e-5);
        out = Conv2d.of(weights.at("out.2"));
        modelChannels = (int) weights.size("input_blocks.0.0.weight", 0);
    }

    private static List<Block> blocks(Weights weights, String name, OptionalInt heads) {
        return IntStream.range(0, weights.count(name)).mapToObj(i -> Block.of(weights.at(name + "." + i), heads)).toList();
    }

    /** Takes the text, and the label or level if the network has embeddings of such; timesteps are 0 to 999. */
    @Override
    public Tensor predict(NetworkInput input) {
        try (var scope = new TensorScope()) {
            var embedding = timeIn.apply(Timesteps.embed(input.timesteps(), modelChannels, input.x()));
            embedding = labelIn.isPresent() ? embedding.add(labelIn.get().of(input::get)) : embedding;
            return scope.keep(run(input, embedding.silu()));
        }
    }

    private Tensor run(NetworkInput input, Tensor embedding) {
        var context = input.get(TensorSlot.CONTEXT);
        var control = input.control().orElse(ControlResiduals.NONE);
        var pass = input.pass();
        var h = input.find(TensorSlot.CONCAT).map(picture -> Tensor.cat(List.of(input.x(), picture), 1)).orElse(input.x()).channelsLast();
        var skips = new ArrayDeque<Tensor>();
        int transformers = 0;
        for (int i = 0; i < inputBlocks.size(); i++) {
            var block = inputBlocks.get(i);
            h = block.apply(h, new Block.Step(embedding, context, new long[0], site(pass, Section.INPUT, i, transformers)));
            h = pass.afterInput(i, ControlResiduals.add(h, control.input(), i));
            skips.push(h);
            h = pass.afterSkip(i, h);
            transformers += block.attends() ? 1 : 0;
        }
        h = middleBlock.apply(h, new Block.Step(embedding, context, new long[0], site(pass, Section.MIDDLE, 0, transformers)));
        h = ControlResiduals.add(h, control.middle(), 0);
        transformers += middleBlock.attends() ? 1 : 0;
        for (int i = 0; i < outputBlocks.size(); i++) {
            try (var scope = new TensorScope()) {
                var skip = skips.pop();
                var joint = pass.beforeOutput(i, new NetworkPatch.Joint(h, ControlResiduals.add(skip, control.output(), skips.size())));
                var next = skips.peek();
                var size = next == null ? new long[0] : new long[] {next.size(2), next.size(3)};
                var step = new Block.Step(embedding, context, size, site(pass, Section.OUTPUT, i, transformers));
                h = scope.keep(outputBlocks.get(i).apply(Tensor.cat(List.of(joint.h(), joint.skip()), 1), step));
            }
            transformers += outputBlocks.get(i).attends() ? 1 : 0;
        }
        return out.apply(norm.silu(h)).contiguous();
    }

    private static Optional<Block.Site> site(Pass pass, Section section, int block, int transformer) {
        return pass.isPlain() ? Optional.empty() : Optional.of(new Block.Site(pass, section, block, transformer));
    }
}

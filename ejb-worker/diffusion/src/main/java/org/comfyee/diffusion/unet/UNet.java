package org.comfyee.diffusion.unet;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.layers.GroupNorm;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * The U-Net of Stable Diffusion 1.x and 2.x and of SDXL (Rombach et al. 2022, "High-Resolution Image Synthesis with Latent
 * Diffusion Models"; Podell et al. 2023, "SDXL"). Its sizes follow from the shapes of its weights.
 */
public final class UNet {
    private final Linear timeIn;
    private final Linear timeOut;
    private final Optional<Linear> labelIn;
    private final Optional<Linear> labelOut;
    private final List<Block> inputBlocks;
    private final Block middleBlock;
    private final List<Block> outputBlocks;
    private final GroupNorm norm;
    private final Conv2d out;
    private final int modelChannels;

    /** @param weights at {@code model.diffusion_model} */
    public UNet(Weights weights) {
        timeIn = Linear.of(weights.at("time_embed.0"));
        timeOut = Linear.of(weights.at("time_embed.2"));
        boolean labelled = weights.has("label_emb");
        labelIn = labelled ? Optional.of(Linear.of(weights.at("label_emb.0.0"))) : Optional.empty();
        labelOut = labelled ? Optional.of(Linear.of(weights.at("label_emb.0.2"))) : Optional.empty();
        inputBlocks = blocks(weights, "input_blocks");
        middleBlock = Block.of(weights.at("middle_block"));
        outputBlocks = blocks(weights, "output_blocks");
        norm = GroupNorm.of(weights.at("out.0"), 1e-5);
        out = Conv2d.of(weights.at("out.2"));
        modelChannels = (int) weights.size("input_blocks.0.0.weight", 0);
    }

    private static List<Block> blocks(Weights weights, String name) {
        return IntStream.range(0, weights.count(name)).mapToObj(i -> Block.of(weights.at(name + "." + i))).toList();
    }

    /**
     * Predicts the noise.
     *
     * @param x {@code [batch, channels, height, width]}
     * @param timesteps one for each item of the batch, 0 to 999
     * @param context {@code [batch, tokens, context channels]}
     * @param label {@code [batch, label channels]} for models that have label embeddings
     * @return of the shape of x
     */
    public Tensor predict(Tensor x, float[] timesteps, Tensor context, Optional<Tensor> label) {
        try (var scope = new TensorScope()) {
            var embedding = timeOut.apply(timeIn.apply(Timesteps.embed(timesteps, modelChannels)).silu());
            if (labelIn.isPresent()) {
                var given = label.orElseThrow(() -> new IllegalArgumentException("this model needs pooled text and picture sizes"));
                embedding = embedding.add(labelOut.orElseThrow().apply(labelIn.get().apply(given).silu()));
            }
            return scope.keep(run(x, embedding.silu(), context));
        }
    }

    private Tensor run(Tensor x, Tensor embedding, Tensor context) {
        var h = x.channelsLast();
        var skips = new ArrayDeque<Tensor>();
        for (var block : inputBlocks) {
            h = block.apply(h, new Block.Step(embedding, context, new long[0]));
            skips.push(h);
        }
        h = middleBlock.apply(h, new Block.Step(embedding, context, new long[0]));
        for (var block : outputBlocks) {
            try (var scope = new TensorScope()) {
                var joined = Tensor.cat(List.of(h, skips.pop()), 1);
                var next = skips.peek();
                var size = next == null ? new long[0] : new long[] {next.size(2), next.size(3)};
                h = scope.keep(block.apply(joined, new Block.Step(embedding, context, size)));
            }
        }
        return out.apply(norm.apply(h).silu()).contiguous();
    }
}

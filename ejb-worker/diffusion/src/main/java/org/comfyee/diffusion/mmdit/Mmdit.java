package org.comfyee.diffusion.mmdit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.layers.FeedForward;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.diffusion.layers.Modulation;
import org.comfyee.diffusion.layers.Patches;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.Network;
import org.comfyee.diffusion.model.NetworkInput;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.patch.Section;
import org.comfyee.diffusion.unet.Timesteps;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * The transformer of Stable Diffusion 3 and 3.5 (Esser et al. 2024, "Scaling Rectified Flow Transformers for High-Resolution
 * Image Synthesis"). Its sizes follow from the shapes of its weights.
 */
public final class Mmdit implements Network {
    private static final int TIME_CHANNELS = 256;

    private final Conv2d patchIn;
    /** One row for each place of a square larger than any picture, {@code [1, side * side, channels]}. */
    private final Parameter places;
    private final FeedForward timeIn;
    private final FeedForward labelIn;
    private final Linear textIn;
    private final List<JointBlock> blocks;
    private final Linear lastModulation;
    private final Linear out;

    /** @param weights at {@code model.diffusion_model} */
    public Mmdit(Weights weights) {
        patchIn = Conv2d.strided(weights.at("x_embedder.proj"), 2, 0);
        places = weights.get("pos_embed");
        timeIn = embedder(weights.at("t_embedder.mlp"));
        labelIn = embedder(weights.at("y_embedder.mlp"));
        textIn = Linear.of(weights.at("context_embedder"));
        blocks = IntStream.range(0, weights.count("joint_blocks")).mapToObj(i -> JointBlock.of(weights.at("joint_blocks." + i))).toList();
        lastModulation = Linear.of(weights.at("final_layer.adaLN_modulation.1"));
        out = Linear.of(weights.at("final_layer.linear"));
    }

    private static FeedForward embedder(Weights weights) {
        return new FeedForward(Linear.of(weights.at("0")), Tensor::silu, Linear.of(weights.at("2")));
    }

    /** What such networks are told of a conditioning: its text and its pooled text. */
    public static ModelFamily family(Weights weights) {
        long pooledChannels = weights.size("y_embedder.mlp.0.weight", 1);
        return (entry, _) -> Map.of(TensorSlot.CONTEXT, entry.text(), TensorSlot.LABEL,
                entry.find(Conditioning.POOLED).orElseGet(() -> Tensor.zeros(ScalarType.FLOAT32, 1, pooledChannels)));
    }

    @Override
    public Tensor predict(NetworkInput input) {
        try (var scope = new TensorScope()) {
            var patches = Patches.of(input.x());
            var picture = patchIn.apply(patches.padded(input.x())).flatten(2, 3).transpose(1, 2).add(places(patches));
            var vector = timeIn.apply(Timesteps.embed(input.timesteps(), TIME_CHANNELS, input.x())).add(labelIn.apply(input.get(TensorSlot.LABEL)));
            var tokens = new JointBlock.Tokens(Optional.of(textIn.apply(input.get(TensorSlot.CONTEXT))), picture);
            var control = input.control().orElse(ControlResiduals.NONE);
            for (int i = 0; i < blocks.size(); i++) {
                tokens = input.pass().skips(Section.DOUBLE, i) ? tokens : blocks.get(i).apply(tokens, vector);
                tokens = new JointBlock.Tokens(tokens.text(), ControlResiduals.add(tokens.picture(), control.output(), i));
            }
            var moves = Modulation.of(lastModulation, vector);
            return scope.keep(patches.latentsOfPixels(out.apply(Modulation.apply(tokens.picture(), moves.get(0), moves.get(1)))));
        }
    }

    /** The middle of the square, {@code [1, patches, channels]}. */
    private Tensor places(Patches patches) {
        var all = places.get();
        long side = Math.round(Math.sqrt(all.size(1)));
        if (patches.rows() > side || patches.columns() > side) {
            throw new IllegalArgumentException("the latents are " + patches.width() + "x" + patches.height()
                    + "; this model takes at most " + 2 * side + "x" + 2 * side);
        }
        return all.reshape(1, side, side, all.size(2))
                .narrow(1, (side - patches.rows()) / 2, patches.rows())
                .narrow(2, (side - patches.columns()) / 2, patches.columns())
                .reshape(1, patches.rows() * patches.columns(), all.size(2));
    }
}

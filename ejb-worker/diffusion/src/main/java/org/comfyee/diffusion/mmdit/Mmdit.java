package org.comfyee.diffusion.mmdit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
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
    static final int TIME_CHANNELS = 256;

    private final Conv2d patchIn;
    private final PatchPlaces places;
    private final FeedForward timeIn;
    private final FeedForward labelIn;
    private final Linear textIn;
    private final List<JointBlock> blocks;
    private final Linear lastModulation;
    private final Linear out;

    /** @param weights at {@code model.diffusion_model} */
    public Mmdit(Weights weights) {
        patchIn = Conv2d.strided(weights.at("x_embedder.proj"), 2, 0);
        places = new PatchPlaces(weights.get("pos_embed"));
        timeIn = embedder(weights.at("t_embedder.mlp"));
        labelIn = embedder(weights.at("y_embedder.mlp"));
        textIn = Linear.of(weights.at("context_embedder"));
        blocks = IntStream.range(0, weights.count("joint_blocks")).mapToObj(i -> JointBlock.of(weights.at("joint_blocks." + i))).toList();
        lastModulation = Linear.of(weights.at("final_layer.adaLN_modulation.1"));
        out = Linear.of(weights.at("final_layer.linear"));
    }

    static FeedForward embedder(Weights weights) {
        return new FeedForward(Linear.of(weights.at("0")), Tensor::silu, Linear.of(weights.at("2")));
    }

    /** @param weights as of the constructor */
    public static ModelFamily family(Weights weights) {
        return new Family(weights.size("y_embedder.mlp.0.weight", 1));
    }

    /** What such networks are told of a conditioning: its text and its pooled text. */
    private record Family(long pooledChannels) implements ModelFamily {
        @Override
        public Map<TensorSlot, Tensor> tensors(Conditioning.Entry entry, Tensor latents) {
            return Map.of(TensorSlot.CONTEXT, entry.text(), TensorSlot.LABEL,
                    entry.find(Conditioning.POOLED).orElseGet(() -> Tensor.zeros(ScalarType.FLOAT32, 1, pooledChannels)));
        }

        @Override
        public boolean repeatsTexts() {
            return false;
        }
    }

    @Override
    public Tensor predict(NetworkInput input) {
        try (var scope = new TensorScope()) {
            var patches = Patches.of(input.x());
            var picture = patchIn.apply(patches.padded(input.x())).flatten(2, 3).transpose(1, 2).add(places.of(patches));
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
}

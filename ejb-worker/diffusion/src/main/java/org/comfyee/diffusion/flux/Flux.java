package org.comfyee.diffusion.flux;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.diffusion.layers.Modulation;
import org.comfyee.diffusion.layers.Patches;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.Network;
import org.comfyee.diffusion.model.NetworkInput;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.patch.Section;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** The transformer of Flux.1 (Black Forest Labs 2024). Its sizes follow from the shapes of its weights. */
public final class Flux implements Network {
    /** Types that the network works with, the best first: its values may exceed those of float16. */
    public static final List<ScalarType> TYPES = List.of(ScalarType.BFLOAT16, ScalarType.FLOAT16, ScalarType.FLOAT32);

    private final Linear pictureIn;
    private final Linear textIn;
    private final FluxVector vectorIn;
    private final List<DoubleBlock> doubleBlocks;
    private final List<SingleBlock> singleBlocks;
    private final Linear lastModulation;
    private final Linear out;
    private final int headSize;

    /** @param weights at {@code model.diffusion_model} */
    public Flux(Weights weights) {
        pictureIn = Linear.of(weights.at("img_in"));
        textIn = Linear.of(weights.at("txt_in"));
        vectorIn = FluxVector.of(weights);
        doubleBlocks = IntStream.range(0, weights.count("double_blocks")).mapToObj(i -> DoubleBlock.of(weights.at("double_blocks." + i))).toList();
        singleBlocks = IntStream.range(0, weights.count("single_blocks")).mapToObj(i -> SingleBlock.of(weights.at("single_blocks." + i))).toList();
        lastModulation = Linear.of(weights.at("final_layer.adaLN_modulation.1"));
        out = Linear.of(weights.at("final_layer.linear"));
        headSize = (int) weights.size("double_blocks.0.img_attn.norm.query_norm.scale", 0);
    }

    /** Whether the network takes the guidance as a number, as "dev" does and "schnell" does not. */
    public static boolean isGuided(Weights weights) {
        return weights.has("guidance_in");
    }

    /** Repeats what counts for the picture for each of its patches. */
    private static Tensor forAllPatches(Tensor bias, long patches) {
        long words = bias.size(1) - 1;
        var places = LongStream.range(0, words + patches).map(place -> Math.min(place, words)).toArray();
        var index = Tensor.of(places, places.length).to(bias.device());
        return bias.indexSelect(1, index).indexSelect(2, index).unsqueeze(1);
    }

    @Override
    public Tensor predict(NetworkInput input) {
        try (var scope = new TensorScope()) {
            var patches = Patches.of(input.x());
            var seen = input.find(TensorSlot.CONCAT).map(picture -> Tensor.cat(List.of(input.x(), picture), 1)).orElse(input.x());
            var picturePatches = Patches.of(seen).tokens(seen);
            var allPatches = input.find(TensorSlot.REFERENCE).map(reference -> Tensor.cat(List.of(picturePatches, reference), 1)).orElse(picturePatches);
            var tokens = new DoubleBlock.Tokens(pictureIn.apply(allPatches), textIn.apply(input.get(TensorSlot.CONTEXT)));
            var vector = vectorIn.apply(input.timesteps(), input.get(TensorSlot.LABEL), input.find(TensorSlot.GUIDANCE), input.x());
            long words = tokens.text().size(1);
            var rotary = Rotary.of(words, patches.rows(), patches.columns(), input.find(TensorSlot.REFERENCE_PLACES), headSize).on(input.x().device());
            long pictureTokens = tokens.picture().size(1);
            var together = new TokenAttention(rotary, input.find(TensorSlot.ATTENTION_BIAS).map(bias -> forAllPatches(bias, pictureTokens)));
            var control = input.control().orElse(ControlResiduals.NONE);
            for (int i = 0; i < doubleBlocks.size(); i++) {
                tokens = input.pass().skips(Section.DOUBLE, i) ? tokens : doubleBlocks.get(i).apply(tokens, vector, together);
                tokens = new DoubleBlock.Tokens(controlled(tokens.picture(), control.input(), i, 0), tokens.text());
            }
            var joined = Tensor.cat(List.of(tokens.text(), tokens.picture()), 1);
            for (int i = 0; i < singleBlocks.size(); i++) {
                joined = input.pass().skips(Section.SINGLE, i) ? joined : singleBlocks.get(i).apply(joined, vector, together);
                joined = controlled(joined, control.output(), i, words);
            }
            var moves = Modulation.of(lastModulation, vector);
            var picture = joined.narrow(1, words, picturePatches.size(1));
            return scope.keep(patches.latents(out.apply(Modulation.apply(picture, moves.get(0), moves.get(1)))));
        }
    }

    /** Adds what control networks add to the patches of the picture, after which those of reference lie. */
    private static Tensor controlled(Tensor tokens, List<Optional<Tensor>> residuals, int block, long first) {
        if (block >= residuals.size() || residuals.get(block).isEmpty()) {
            return tokens;
        }
        var residual = residuals.get(block).get();
        var sum = tokens.copy();
        sum.narrow(1, first, residual.size(1)).addInPlace(residual);
        return sum;
    }
}

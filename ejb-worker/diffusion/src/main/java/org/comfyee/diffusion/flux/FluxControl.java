package org.comfyee.diffusion.flux;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.control.ControlNetwork;
import org.comfyee.diffusion.layers.Linear;
import org.comfyee.diffusion.layers.Patches;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.unet.HintEncoder;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * A copy of some of Flux's blocks that sees a picture: those of XLabs and of TheMisto.ai ("MistoLine"), which take pixels, and that
 * of InstantX, which takes latents and may know several types of picture.
 */
public final class FluxControl implements ControlNetwork {
    private static final String HINT = "input_hint_block";
    private static final String MISTOLINE_HINT = "input_cond_block.encoder";

    private final Linear pictureIn;
    private final Linear hintIn;
    private final Optional<HintEncoder> pixelsIn;
    private final Optional<Parameter> types;
    private final Linear textIn;
    private final FluxVector vectorIn;
    private final List<DoubleBlock> doubleBlocks;
    private final List<UnaryOperator<Tensor>> doubleOuts;
    private final List<SingleBlock> singleBlocks;
    private final List<UnaryOperator<Tensor>> singleOuts;
    private final int headSize;
    private final int mainDoubleBlocks;
    private final int mainSingleBlocks;

    /**
     * @param weights in the original layout
     * @param main those of the network that is steered
     */
    public FluxControl(Weights weights, Weights main) {
        pictureIn = Linear.of(weights.at("img_in"));
        hintIn = Linear.of(weights.at("pos_embed_input"));
        pixelsIn = pixelsIn(weights);
        types = weights.find("controlnet_mode_embedder.weight");
        textIn = Linear.of(weights.at("txt_in"));
        vectorIn = FluxVector.of(weights);
        doubleBlocks = IntStream.range(0, weights.count("double_blocks")).mapToObj(i -> DoubleBlock.of(weights.at("double_blocks." + i))).toList();
        doubleOuts = outs(weights, "controlnet_blocks", doubleBlocks.size());
        singleBlocks = IntStream.range(0, weights.count("single_blocks")).mapToObj(i -> SingleBlock.of(weights.at("single_blocks." + i))).toList();
        singleOuts = outs(weights, "controlnet_single_blocks", singleBlocks.size());
        headSize = (int) weights.size("double_blocks.0.img_attn.norm.query_norm.scale", 0);
        mainDoubleBlocks = main.count("double_blocks");
        mainSingleBlocks = main.count("single_blocks");
    }

    private static Optional<HintEncoder> pixelsIn(Weights weights) {
        if (weights.has(MISTOLINE_HINT)) {
            return Optional.of(HintEncoder.of(weights.at(MISTOLINE_HINT), 10, Set.of(3, 5, 7)));
        }
        return weights.has(HINT) ? Optional.of(HintEncoder.of(weights.at(HINT))) : Optional.empty();
    }

    private static List<UnaryOperator<Tensor>> outs(Weights weights, String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> out(weights.at(name + "." + i))).toList();
    }

    /** MistoLine's have an activation. */
    private static UnaryOperator<Tensor> out(Weights weights) {
        if (weights.has("linear")) {
            var linear = Linear.of(weights.at("linear"));
            return x -> linear.apply(x).silu();
        }
        return Linear.of(weights)::apply;
    }

    @Override
    public ControlResiduals predict(Input input) {
        try (var scope = new TensorScope()) {
            return run(input).map(scope::keep);
        }
    }

    private ControlResiduals run(Input input) {
        var patches = Patches.of(input.x());
        var hint = pixelsIn.map(encoder -> encoder.apply(input.hint().mul(2).sub(1))).orElse(input.hint());
        var picture = pictureIn.apply(patches.tokens(input.x())).add(hintIn.apply(Patches.of(hint).tokens(hint)));
        var tokens = new DoubleBlock.Tokens(picture, text(input));
        long words = tokens.text().size(1);
        var vector = vectorIn.apply(input.timesteps(), input.get(TensorSlot.LABEL), input.find(TensorSlot.GUIDANCE), input.x());
        var rotary = Rotary.of(words, patches.rows(), patches.columns(), Optional.empty(), headSize).on(input.x().device());
        var together = new TokenAttention(rotary, Optional.empty());
        var fromDouble = new ArrayList<Tensor>();
        for (int i = 0; i < doubleBlocks.size(); i++) {
            tokens = doubleBlocks.get(i).apply(tokens, vector, together);
            fromDouble.add(doubleOuts.get(i).apply(tokens.picture()));
        }
        var joined = Tensor.cat(List.of(tokens.text(), tokens.picture()), 1);
        var fromSingle = new ArrayList<Tensor>();
        for (int i = 0; i < singleBlocks.size(); i++) {
            joined = singleBlocks.get(i).apply(joined, vector, together);
            fromSingle.add(singleOuts.get(i).apply(joined.narrow(1, words, joined.size(1) - words)));
        }
        return new ControlResiduals(spread(fromDouble, mainDoubleBlocks), List.of(), spread(fromSingle, mainSingleBlocks));
    }

    /** The text, behind a token that says of what type the picture is. */
    private Tensor text(Input input) {
        var text = textIn.apply(input.context());
        if (types.isEmpty() || input.types().isEmpty()) {
            return text;
        }
        var table = types.get().get();
        var chosen = input.types().stream().map(type -> {
            if (type >= table.size(0)) {
                throw new IllegalArgumentException("the type of control picture is number " + type + ", but this control network knows only "
                        + table.size(0) + " types, numbered from 0");
            }
            return table.narrow(0, type, 1);
        }).toList();
        var marks = Tensor.cat(chosen, 0).unsqueeze(0).repeat(text.size(0), 1, 1);
        return Tensor.cat(List.of(marks, text), 1);
    }

    /** What few blocks say, for all blocks: by those that take latents each for its neighbours, by the others in turns. */
    private List<Optional<Tensor>> spread(List<Tensor> residuals, int blocks) {
        if (residuals.isEmpty()) {
            return List.of();
        }
        int times = Math.ceilDiv(blocks, residuals.size());
        var spread = new ArrayList<Optional<Tensor>>();
        if (pixelsIn.isEmpty()) {
            residuals.forEach(each -> spread.addAll(Collections.nCopies(times, Optional.of(each))));
        } else {
            Collections.nCopies(times, residuals).forEach(all -> all.forEach(each -> spread.add(Optional.of(each))));
        }
        return List.copyOf(spread.subList(0, Math.min(blocks, spread.size())));
    }
}

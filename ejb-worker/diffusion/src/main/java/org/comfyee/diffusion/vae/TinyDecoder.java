package org.comfyee.diffusion.vae;

import java.util.List;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.torch.Tensor;

/** The half of TAESD that makes pictures of latents in the diffusion model's units. */
public final class TinyDecoder {
    private static final int[] STAGES = {3, 8, 13};
    /** Latents are squeezed softly into this range. */
    private static final double RANGE = 3;

    private final Conv2d latentsIn;
    private final List<TinyStage> ups;
    private final TinyResidual lastBlock;
    private final Conv2d pixelsOut;
    private final int latentChannels;

    /**
     * @param weights by their numbers in the decoder's list of layers
     * @throws java.util.NoSuchElementException if a weight is missing
     */
    public TinyDecoder(Weights weights) {
        latentsIn = Conv2d.of(weights.at("1"));
        ups = IntStream.of(STAGES).mapToObj(first -> TinyStage.up(weights, first)).toList();
        lastBlock = TinyResidual.of(weights.at("18"));
        pixelsOut = Conv2d.of(weights.at("19"));
        latentChannels = (int) weights.size("1.weight", 1);
    }

    /** How many the latents have: 4 or 16. */
    public int latentChannels() {
        return latentChannels;
    }

    /**
     * @param latents {@code [batch, channels, height, width]}
     * @return {@code [batch, 3, height * 8, width * 8]}, about 0 to 1, in the current scope
     */
    public Tensor apply(Tensor latents) {
        var h = latentsIn.apply(latents.div(RANGE).tanh().mul(RANGE).channelsLast()).relu();
        for (var stage : ups) {
            h = stage.grow(h);
        }
        return pixelsOut.apply(lastBlock.apply(h));
    }
}

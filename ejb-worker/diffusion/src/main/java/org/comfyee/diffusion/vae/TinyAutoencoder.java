package org.comfyee.diffusion.vae;

import java.util.List;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * TAESD, Ollin Boer Bohan's small and fast stand-in for the autoencoders of Stable Diffusion and Flux
 * (<a href="https://github.com/madebyollin/taesd">taesd</a>). It works on latents in the diffusion model's units.
 */
final class TinyAutoencoder implements Autoencoder {
    private static final int SCALE = 8;
    /** Each stage has three blocks and one convolution that changes the size. */
    private static final int BLOCKS = 3;
    private static final int[] ENCODER_STAGES = {2, 6, 10};
    private static final int[] DECODER_STAGES = {3, 8, 13};
    /** Latents are squeezed softly into this range. */
    private static final double RANGE = 3;

    /** Three convolutions around a skip connection. */
    private record Residual(Conv2d first, Conv2d second, Conv2d third) {
        static Residual of(Weights weights) {
            return new Residual(Conv2d.of(weights.at("conv.0")), Conv2d.of(weights.at("conv.2")), Conv2d.of(weights.at("conv.4")));
        }

        Tensor apply(Tensor x) {
            return third.apply(second.apply(first.apply(x).relu()).relu()).add(x).relu();
        }
    }

    private record Stage(Conv2d resize, List<Residual> blocks) {
        static Stage down(Weights weights, int first) {
            return new Stage(Conv2d.strided(weights.at(Integer.toString(first)), 2, 1), residuals(weights, first + 1));
        }

        static Stage up(Weights weights, int first) {
            return new Stage(Conv2d.of(weights.at(Integer.toString(first + BLOCKS + 1))), residuals(weights, first));
        }

        private static List<Residual> residuals(Weights weights, int first) {
            return IntStream.range(first, first + BLOCKS).mapToObj(i -> Residual.of(weights.at(Integer.toString(i)))).toList();
        }

        Tensor shrink(Tensor x) {
            try (var scope = new TensorScope()) {
                return scope.keep(run(resize.apply(x)));
            }
        }

        Tensor grow(Tensor x) {
            try (var scope = new TensorScope()) {
                var h = run(x);
                return scope.keep(resize.apply(h.upsampleNearest(h.size(2) * 2, h.size(3) * 2)));
            }
        }

        private Tensor run(Tensor x) {
            var h = x;
            for (var block : blocks) {
                h = block.apply(h);
            }
            return h;
        }
    }

    private final Conv2d pixelsIn;
    private final Residual firstBlock;
    private final List<Stage> downs;
    private final Conv2d latentsOut;
    private final Conv2d latentsIn;
    private final List<Stage> ups;
    private final Residual lastBlock;
    private final Conv2d pixelsOut;
    private final double latentScale;
    private final double latentShift;
    private final int latentChannels;

    /**
     * @param encoder weights by their numbers in the encoder's list of layers; likewise the decoder
     * @param latentScale from the units of the full autoencoder's latents to the diffusion model's, after the shift is
     *        subtracted
     */
    TinyAutoencoder(Weights encoder, Weights decoder, double latentScale, double latentShift) {
        pixelsIn = Conv2d.of(encoder.at("0"));
        firstBlock = Residual.of(encoder.at("1"));
        downs = IntStream.of(ENCODER_STAGES).mapToObj(first -> Stage.down(encoder, first)).toList();
        latentsOut = Conv2d.of(encoder.at("14"));
        latentsIn = Conv2d.of(decoder.at("1"));
        ups = IntStream.of(DECODER_STAGES).mapToObj(first -> Stage.up(decoder, first)).toList();
        lastBlock = Residual.of(decoder.at("18"));
        pixelsOut = Conv2d.of(decoder.at("19"));
        latentChannels = (int) decoder.size("1.weight", 1);
        this.latentScale = latentScale;
        this.latentShift = latentShift;
    }

    @Override
    public int scale() {
        return SCALE;
    }

    @Override
    public int latentChannels() {
        return latentChannels;
    }

    @Override
    public Tensor encode(Tensor pixels) {
        var h = firstBlock.apply(pixelsIn.apply(pixels.mul(0.5).add(0.5).channelsLast()));
        for (var stage : downs) {
            h = stage.shrink(h);
        }
        return latentsOut.apply(h).div(latentScale).add(latentShift);
    }

    @Override
    public Tensor decode(Tensor latents) {
        var z = latents.sub(latentShift).mul(latentScale);
        var h = latentsIn.apply(z.div(RANGE).tanh().mul(RANGE).channelsLast()).relu();
        for (var stage : ups) {
            h = stage.grow(h);
        }
        return pixelsOut.apply(lastBlock.apply(h)).sub(0.5).mul(2);
    }
}

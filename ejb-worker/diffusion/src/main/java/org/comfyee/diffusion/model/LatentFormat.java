package org.comfyee.diffusion.model;

import java.util.Optional;
import org.comfyee.torch.Tensor;

/**
 * How a model's latents differ from its autoencoder's, and how they look as colours.
 *
 * @param scale factor from the autoencoder's units to the model's
 * @param shift subtracted before that
 * @param rgb for each channel its share of red, green and blue, as a linear fit
 * @param rgbBias added to these
 * @param spread of each channel, where each is brought to a mean and a deviation of its own first
 */
public record LatentFormat(int channels, double scale, double shift, float[][] rgb, float[] rgbBias, Optional<Spread> spread) {

    /** Mean and standard deviation of each channel in the autoencoder's units. */
    public record Spread(float[] mean, float[] deviation) {
        /** Values for latents of that kind, where these lie. */
        private static Tensor perChannel(float[] values, Tensor latents) {
            return Tensor.of(values, 1, values.length, 1, 1).to(latents.device()).to(latents.dtype());
        }
    }

    private LatentFormat(int channels, double scale, double shift, float[][] rgb, float[] rgbBias) {
        this(channels, scale, shift, rgb, rgbBias, Optional.empty());
    }

    public static final LatentFormat SD15 = new LatentFormat(4, 0.18215, 0, new float[][] {
        {0.3512f, 0.2297f, 0.3227f}, {0.3250f, 0.4974f, 0.2350f}, {-0.2829f, 0.1762f, 0.2721f}, {-0.2120f, -0.2616f, -0.7177f}
    }, new float[3]);
    public static final LatentFormat SD3 = new LatentFormat(16, 1.5305, 0.0609, new float[][] {
        {-0.0922f, -0.0175f, 0.0749f}, {0.0311f, 0.0633f, 0.0954f}, {0.1994f, 0.0927f, 0.0458f},
        {0.0856f, 0.0339f, 0.0902f}, {0.0587f, 0.0272f, -0.0496f}, {-0.0006f, 0.1104f, 0.0309f},
        {0.0978f, 0.0306f, 0.0427f}, {-0.0042f, 0.1038f, 0.1358f}, {-0.0194f, 0.0020f, 0.0669f},
        {-0.0488f, 0.0130f, -0.0268f}, {0.0922f, 0.0988f, 0.0951f}, {-0.0278f, 0.0524f, -0.0542f},
        {0.0332f, 0.0456f, 0.0895f}, {-0.0069f, -0.0030f, -0.0810f}, {-0.0596f, -0.0465f, -0.0293f},
        {-0.1448f, -0.1463f, -0.1189f}
    }, new float[] {0.2394f, 0.2135f, 0.1925f});
    public static final LatentFormat FLUX = new LatentFormat(16, 0.3611, 0.1159, new float[][] {
        {-0.0346f, 0.0244f, 0.0681f}, {0.0034f, 0.0210f, 0.0687f}, {0.0275f, -0.0668f, -0.0433f},
        {-0.0174f, 0.0160f, 0.0617f}, {0.0859f, 0.0721f, 0.0329f}, {0.0004f, 0.0383f, 0.0115f},
        {0.0405f, 0.0861f, 0.0915f}, {-0.0236f, -0.0185f, -0.0259f}, {-0.0245f, 0.0250f, 0.1180f},
        {0.1008f, 0.0755f, -0.0421f}, {-0.0515f, 0.0201f, 0.0011f}, {0.0428f, -0.0012f, -0.0036f},
        {0.0817f, 0.0765f, 0.0749f}, {-0.1264f, -0.0522f, -0.1103f}, {-0.0280f, -0.0881f, -0.0499f},
        {-0.1262f, -0.0982f, -0.0778f}
    }, new float[] {-0.0329f, -0.0718f, -0.0851f});
    public static final LatentFormat SDXL = new LatentFormat(4, 0.13025, 0, new float[][] {
        {0.3651f, 0.4232f, 0.4341f}, {-0.2533f, -0.0042f, 0.1068f}, {0.1076f, 0.1111f, -0.0362f}, {-0.3165f, -0.2492f, -0.2188f}
    }, new float[] {0.1084f, -0.0175f, -0.0011f});

    /** The x4 upscaler of Stable Diffusion 2, whose latents stand for four pixels in each direction. */
    public static final LatentFormat UPSCALER = new LatentFormat(4, 0.08333, 0, new float[][] {
        {-0.2340f, -0.3863f, -0.3257f}, {0.0994f, 0.0885f, -0.0908f}, {-0.2833f, -0.2349f, -0.3741f}, {0.2523f, -0.0055f, -0.1651f}
    }, new float[3]);

    /** Playground 2.5 (Li et al. 2024), whose network was trained on data of a deviation of 0.5. */
    public static final LatentFormat PLAYGROUND = new LatentFormat(4, 0.5, 0, SDXL.rgb, SDXL.rgbBias, Optional.of(
            new Spread(new float[] {-1.6574f, 1.886f, -1.383f, 2.5155f}, new float[] {8.4927f, 5.9022f, 6.5498f, 5.2299f})));

    /** The same without the shift. */
    public LatentFormat unshifted() {
        return new LatentFormat(channels, scale, 0, rgb, rgbBias, spread);
    }

    /**
     * In the model's units.
     *
     * @param latents {@code [batch, channels, height, width]} in the autoencoder's
     */
    public Tensor toModel(Tensor latents) {
        var even = spread.map(each -> latents.sub(Spread.perChannel(each.mean(), latents)).div(Spread.perChannel(each.deviation(), latents)));
        return even.orElse(latents).sub(shift).mul(scale);
    }

    /**
     * In the autoencoder's units.
     *
     * @param latents {@code [batch, channels, height, width]} in the model's
     */
    public Tensor fromModel(Tensor latents) {
        var plain = latents.div(scale).add(shift);
        return spread.map(each -> plain.mul(Spread.perChannel(each.deviation(), plain)).add(Spread.perChannel(each.mean(), plain))).orElse(plain);
    }
}

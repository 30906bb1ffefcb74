package org.comfyee.diffusion.unet;

import java.util.Map;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiscreteSchedule;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.Proportions;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/**
 * What the x4 upscaler of Stable Diffusion 2 is told: the text, a small picture of the latents' size, and how much noise hides its
 * details (Ho et al. 2022, "Cascaded Diffusion Models").
 */
public record UpscaleConditioning() implements ModelFamily {
    private static final int COLOURS = 3;
    /** The noisiest of the levels that the network was trained with. */
    private static final int NOISIEST = 350;
    private static final float[] SIGMAS = DiscreteSchedule.UPSCALER.sigmas();

    @Override
    public Map<TensorSlot, Tensor> tensors(Conditioning.Entry entry, Tensor latents) {
        double share = entry.find(Conditioning.NOISE_AUGMENTATION).orElse(0.0);
        int level = (int) Math.rint(NOISIEST * share);
        var picture = entry.find(Conditioning.CONCAT_IMAGE)
                .map(image -> Proportions.sized(image, latents))
                .orElseGet(() -> Tensor.zeros(ScalarType.FLOAT32, 1, COLOURS, latents.size(2), latents.size(3)));
        var seen = share > 0 ? hidden(picture, level, entry.find(Conditioning.SEED).orElse(0L)) : picture;
        return Map.of(TensorSlot.CONTEXT, entry.text(), TensorSlot.LEVEL, Tensor.of(new long[] {level}, 1),
                TensorSlot.CONCAT, Proportions.items(seen, latents.size(0)));
    }

    @Override
    public DiscreteSchedule schedule() {
        return DiscreteSchedule.UPSCALER;
    }

    private static Tensor hidden(Tensor picture, int level, long seed) {
        double signal = 1 / Math.sqrt(1 + SIGMAS[level] * SIGMAS[level]);
        try (var generator = Generator.seeded(seed + NoiseAugmentation.SEED_OFFSET)) {
            return picture.mul(signal).add(Tensor.randn(generator, ScalarType.FLOAT32, picture.shape()).mul(SIGMAS[level] * signal));
        }
    }
}

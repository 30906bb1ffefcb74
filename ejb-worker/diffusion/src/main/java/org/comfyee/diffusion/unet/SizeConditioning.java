package org.comfyee.diffusion.unet;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.torch.Tensor;

/**
 * What SDXL and its refiner are told beside the text: the pooled text, then sinusoids of the picture's size and cropping
 * (Podell et al. 2023, "SDXL", section 2.2). What a conditioning does not say follows from the size of the latents.
 */
public final class SizeConditioning implements ModelFamily {
    private static final int EMBEDDING = 256;
    private static final int PIXELS_PER_LATENT = 8;
    private static final double GOOD_SCORE = 6;
    private static final double BAD_SCORE = 2.5;
    /** Pictures that guide take the place of the pooled text. */
    private static final NoiseAugmentation AUGMENTATION = new NoiseAugmentation(Weights.of(Map.of()));

    private final long labelSize;
    private final boolean refiner;

    private SizeConditioning(long labelSize, boolean refiner) {
        this.labelSize = labelSize;
        this.refiner = refiner;
    }

    /**
     * The base model, which is told the original size, the cropping and the size it was trained at.
     *
     * @param labelSize how many numbers the network takes
     */
    public static SizeConditioning base(long labelSize) {
        return new SizeConditioning(labelSize, false);
    }

    /** The refiner, which is told how pleasing the picture is in place of the size it was trained at. */
    public static SizeConditioning refiner(long labelSize) {
        return new SizeConditioning(labelSize, true);
    }

    /**
     * @throws NoSuchElementException if there is no pooled text
     * @throws IllegalArgumentException if it is not of the size that the network takes
     */
    @Override
    public Map<TensorSlot, Tensor> tensors(Conditioning.Entry entry, Tensor latents) {
        var numbers = numbers(entry, latents);
        var pooled = entry.find(Conditioning.PICTURES)
                .map(pictures -> AUGMENTATION.label(pictures, entry.find(Conditioning.SEED).orElse(0L), 0))
                .map(label -> label.narrow(1, 0, label.size(1) / 2))
                .or(() -> entry.find(Conditioning.POOLED))
                .orElseThrow(() -> new NoSuchElementException("the conditioning has no pooled text, which this model needs"));
        if (pooled.size(1) + (long) numbers.length * EMBEDDING != labelSize) {
            throw new IllegalArgumentException("the conditioning's pooled text has " + pooled.size(1) + " numbers, this model expects "
                    + (labelSize - (long) numbers.length * EMBEDDING) + ": the text was encoded for another model");
        }
        var sizes = Timesteps.embed(numbers, EMBEDDING).reshape(1, (long) numbers.length * EMBEDDING);
        return Map.of(TensorSlot.CONTEXT, entry.text(), TensorSlot.LABEL, Tensor.cat(List.of(pooled, sizes), 1));
    }

    private float[] numbers(Conditioning.Entry entry, Tensor latents) {
        int height = entry.find(Conditioning.HEIGHT).orElse((int) latents.size(2) * PIXELS_PER_LATENT);
        int width = entry.find(Conditioning.WIDTH).orElse((int) latents.size(3) * PIXELS_PER_LATENT);
        int cropHeight = entry.find(Conditioning.CROP_HEIGHT).orElse(0);
        int cropWidth = entry.find(Conditioning.CROP_WIDTH).orElse(0);
        if (refiner) {
            double usual = entry.find(Conditioning.UNWANTED).orElse(false) ? BAD_SCORE : GOOD_SCORE;
            return new float[] {height, width, cropHeight, cropWidth, entry.find(Conditioning.AESTHETIC_SCORE).orElse(usual).floatValue()};
        }
        return new float[] {height, width, cropHeight, cropWidth,
            entry.find(Conditioning.TARGET_HEIGHT).orElse(height), entry.find(Conditioning.TARGET_WIDTH).orElse(width)};
    }
}

package org.comfyee.diffusion.model;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/**
 * Networks that see a picture beside the noise, in channels of their own.
 *
 * @param family what else they are told
 * @param channels makes these channels, {@code [batch, channels, height, width]} of the latents' size
 */
public record PictureInput(ModelFamily family, Channels channels) implements ModelFamily {
    /** What grey is in latents of Stable Diffusion. */
    private static final float[] BLANK = {0.8223f, -0.6876f, 0.6364f, 0.1380f};

    /** Makes the channels for latents in the model's units. */
    @FunctionalInterface
    public interface Channels {
        Tensor of(Conditioning.Entry entry, Tensor latents);
    }

    /** Networks that fill in what a mask covers: they see the mask, and the picture without what lies below it. */
    public static PictureInput inpainting(ModelFamily family, LatentFormat format) {
        return new PictureInput(family, (entry, latents) -> {
            var mask = entry.find(Conditioning.CONCAT_MASK).or(() -> entry.find(Conditioning.DENOISE_MASK));
            if (mask.isEmpty()) {
                return Tensor.cat(List.of(Tensor.ones(ScalarType.FLOAT32, latents.size(0), 1, latents.size(2), latents.size(3)), blank(latents)), 1);
            }
            var picture = entry.find(Conditioning.CONCAT_LATENT).map(format::toModel).orElse(latents);
            var single = mask.get().dim() == 4 ? mask.get().narrow(1, 0, 1) : mask.get().unsqueeze(1);
            var covered = Proportions.sized(single, latents).round();
            return Tensor.cat(List.of(Proportions.items(covered, latents.size(0)), fitted(picture, latents)), 1);
        });
    }

    private static Tensor blank(Tensor latents) {
        return Tensor.of(BLANK, 1, BLANK.length, 1, 1).expand(latents.shape());
    }

    /**
     * Networks that change a picture as they are told (Brooks et al. 2022, "InstructPix2Pix").
     *
     * @param units in which they see its latents; those of the autoencoder if empty
     */
    public static PictureInput instructed(ModelFamily family, Optional<LatentFormat> units) {
        return new PictureInput(family, (entry, latents) -> entry.find(Conditioning.CONCAT_LATENT)
                .map(picture -> fitted(picture, latents))
                .map(picture -> units.map(format -> format.toModel(picture)).orElse(picture))
                .orElseGet(() -> Tensor.zeros(ScalarType.FLOAT32, latents.shape())));
    }

    /** A picture of the latents' size, one for each of them. */
    private static Tensor fitted(Tensor picture, Tensor latents) {
        return Proportions.items(Proportions.sized(picture, latents), latents.size(0));
    }

    @Override
    public Map<TensorSlot, Tensor> tensors(Conditioning.Entry entry, Tensor latents) {
        var tensors = new EnumMap<>(family.tensors(entry, latents));
        tensors.put(TensorSlot.CONCAT, channels.of(entry, latents));
        return tensors;
    }

    @Override
    public ModelFamily with(Weights network) {
        return new PictureInput(family.with(network), channels);
    }
}

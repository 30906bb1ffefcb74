package org.comfyee.diffusion.flux;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Patches;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.Proportions;
import org.comfyee.diffusion.model.ReferencePlacement;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;

/**
 * What networks of the family of Flux.1 are told of a conditioning: its text, its pooled text, the guidance unless it is switched
 * off, pictures of reference, and for those with more channels (Fill, Canny, Depth) a picture and a mask beside the noise.
 *
 * @param pooledChannels of the pooled text
 * @param guided whether the network takes the guidance as a number
 * @param channels how many the network sees
 */
public record FluxFamily(long pooledChannels, boolean guided, long channels) implements ModelFamily {
    private static final double GUIDANCE = 3.5;
    private static final int PIXELS_PER_LATENT = 8;
    private static final int VALUES_PER_PATCH = 4;

    /** @param network at {@code model.diffusion_model} */
    public static FluxFamily of(Weights network) {
        return new FluxFamily(network.size("vector_in.in_layer.weight", 1), Flux.isGuided(network), channels(network));
    }

    /** How many channels a network sees. */
    public static long channels(Weights network) {
        return network.size("img_in.weight", 1) / VALUES_PER_PATCH;
    }

    @Override
    public ModelFamily with(Weights network) {
        return of(network);
    }

    @Override
    public boolean repeatsTexts() {
        return false;
    }

    @Override
    public Map<TensorSlot, Tensor> tensors(Conditioning.Entry entry, Tensor latents) {
        var tensors = new EnumMap<TensorSlot, Tensor>(TensorSlot.class);
        tensors.put(TensorSlot.CONTEXT, entry.text());
        tensors.put(TensorSlot.LABEL, entry.find(Conditioning.POOLED).orElseGet(() -> Tensor.zeros(ScalarType.FLOAT32, 1, pooledChannels)));
        if (guided) {
            entry.find(Conditioning.GUIDANCE).orElse(Optional.of(GUIDANCE))
                    .ifPresent(value -> tensors.put(TensorSlot.GUIDANCE, Tensor.of(new double[] {value}, 1).to(ScalarType.FLOAT32)));
        }
        entry.find(Conditioning.ATTENTION_BIAS).ifPresent(bias -> tensors.put(TensorSlot.ATTENTION_BIAS, bias));
        long own = latents.size(1);
        if (channels > own) {
            var picture = picture(entry, latents);
            tensors.put(TensorSlot.CONCAT, channels > 2 * own ? Tensor.cat(List.of(picture, mask(entry, latents)), 1) : picture);
        }
        entry.find(Conditioning.REFERENCE_LATENTS).filter(references -> !references.isEmpty())
                .ifPresent(references -> addReferences(tensors, references, entry.find(Conditioning.REFERENCE_METHOD).orElse(ReferencePlacement.OFFSET), latents));
        return tensors;
    }

    private static Tensor picture(Conditioning.Entry entry, Tensor latents) {
        var picture = entry.find(Conditioning.CONCAT_LATENT).orElseGet(() -> Tensor.zeros(ScalarType.FLOAT32, latents.shape()));
        return LatentFormat.FLUX.toModel(Proportions.items(Proportions.resized(picture, latents.size(3), latents.size(2)), latents.size(0)));
    }

    /** The mask of each latent's pixels, as channels. */
    private static Tensor mask(Conditioning.Entry entry, Tensor latents) {
        var mask = entry.find(Conditioning.CONCAT_MASK).or(() -> entry.find(Conditioning.DENOISE_MASK))
                .orElseGet(() -> Tensor.ones(ScalarType.FLOAT32, latents.size(0), 1, latents.size(2), latents.size(3)))
                .mean(1, true);
        var pixels = Proportions.resized(mask, latents.size(3) * PIXELS_PER_LATENT, latents.size(2) * PIXELS_PER_LATENT);
        return Proportions.items(pixels.pixelUnshuffle(PIXELS_PER_LATENT), latents.size(0));
    }

    private static void addReferences(Map<TensorSlot, Tensor> tensors, List<Tensor> references, ReferencePlacement placement, Tensor latents) {
        var patches = new ArrayList<Tensor>();
        var places = new ReferencePlaces(placement, latents);
        for (var reference : references) {
            var inModel = LatentFormat.FLUX.toModel(reference);
            patches.add(Patches.of(inModel).tokens(inModel));
            places.add(reference);
        }
        tensors.put(TensorSlot.REFERENCE, Tensor.cat(patches, 1));
        tensors.put(TensorSlot.REFERENCE_PLACES, places.tensor());
    }
}

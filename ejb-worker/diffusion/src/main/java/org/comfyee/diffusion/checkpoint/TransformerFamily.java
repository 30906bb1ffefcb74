package org.comfyee.diffusion.checkpoint;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.comfyee.diffusion.flux.Flux;
import org.comfyee.diffusion.flux.FluxFamily;
import org.comfyee.diffusion.mmdit.Mmdit;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.FlowSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.diffusion.text.FluxTextEncoder;
import org.comfyee.diffusion.text.MissingTextEncoder;
import org.comfyee.diffusion.text.Sd3TextEncoder;
import org.comfyee.diffusion.text.TextEncoder;

/** The families of models that are built around a transformer over patches, told apart by the names of its weights. */
enum TransformerFamily {
    SD3, FLUX;

    private static final int LATENT_CHANNELS = 16;
    /** Flux alone, with a picture beside the noise (Canny, Depth), and with a mask for each of its pixels (Fill). */
    private static final Set<Long> FLUX_CHANNELS = Set.of(16L, 32L, 96L);
    private static final double SD3_SHIFT = 3;
    private static final double SD3_TIMESTEPS = 1000;
    private static final double FLUX_MU = 1.15;

    static Optional<TransformerFamily> of(Weights network) {
        if (network.has("joint_blocks.0.context_block.attn.qkv.weight")) {
            return Optional.of(SD3);
        }
        return network.has("double_blocks.0.img_attn.norm.key_norm.scale") && network.has("img_in.weight") ? Optional.of(FLUX) : Optional.empty();
    }

    /** @param file to be named if the network is of a kind that is not supported */
    DiffusionModel model(String file, Weights network) throws CheckpointException {
        long channels = this == SD3 ? network.size("x_embedder.proj.weight", 1) : FluxFamily.channels(network);
        var known = this == SD3 ? Set.of((long) LATENT_CHANNELS) : FLUX_CHANNELS;
        if (!known.contains(channels)) {
            throw new CheckpointException(file + " holds a network with " + channels + " input channels; expected one of " + new TreeSet<>(known));
        }
        if (this == SD3) {
            return new DiffusionModel(new NetworkSource(network, Mmdit::new), Mmdit.family(network),
                    FlowSampling.shifted(SD3_SHIFT, SD3_TIMESTEPS), LatentFormat.SD3);
        }
        // What was distilled to few steps is not shifted.
        var sampling = Flux.isGuided(network) ? FlowSampling.flux(FLUX_MU) : FlowSampling.shifted(1, 1);
        return new DiffusionModel(new NetworkSource(network, Flux::new, Flux.TYPES), FluxFamily.of(network), sampling, LatentFormat.FLUX);
    }

    /** @param root of a checkpoint */
    TextEncoder text(String file, Weights root) {
        var l = part(root, "clip_l");
        var g = part(root, "clip_g");
        var t5 = part(root, "t5xxl");
        if (this == SD3) {
            return l.or(() -> g).or(() -> t5).isPresent()
                    ? Sd3TextEncoder.of(l, g, t5)
                    : MissingTextEncoder.in(file, place("clip_l"), place("clip_g"), place("t5xxl"));
        }
        return l.isPresent() && t5.isPresent()
                ? new FluxTextEncoder(l.get(), t5.get())
                : MissingTextEncoder.in(file, place(l.isPresent() ? "t5xxl" : "clip_l"));
    }

    private static Optional<Weights> part(Weights root, String name) {
        return Optional.of(place(name)).filter(root::has).map(root::at);
    }

    private static String place(String name) {
        return "text_encoders." + name + ".transformer";
    }
}

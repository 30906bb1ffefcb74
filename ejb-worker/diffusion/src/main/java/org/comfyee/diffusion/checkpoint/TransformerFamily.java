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

    /**
     * @param root of a checkpoint
     * @throws CheckpointException if there is no text encoder
     */
    TextEncoder text(String file, Weights root) throws CheckpointException {
        if (this == SD3) {
            return Sd3TextEncoder.of(Optional.of(required(file, root, "clip_l")), Optional.of(required(file, root, "clip_g")),
                    Optional.of("t5xxl").filter(name -> root.has(part(name))).map(name -> root.at(part(name))));
        }
        return new FluxTextEncoder(required(file, root, "clip_l"), required(file, root, "t5xxl"));
    }

    private static String part(String name) {
        return "text_encoders." + name + ".transformer";
    }

    private static Weights required(String file, Weights root, String name) throws CheckpointException {
        if (!root.has(part(name))) {
            throw new CheckpointException(file + " has no text encoder " + name + " (no weight begins with " + part(name) + ")");
        }
        return root.at(part(name));
    }
}

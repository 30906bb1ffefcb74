package org.comfyee.diffusion.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.torch.ScalarType;

/** Opens files that hold a diffusion model without text encoder and autoencoder. */
public final class DiffusionModelLoader {
    private static final List<String> PREFIXES = List.of("model.diffusion_model", "model.model", "net");
    /** Fewer weights below a prefix are a coincidence. */
    private static final int FEWEST = 5;

    private DiffusionModelLoader() {}

    /**
     * @param precision the type that weights are rounded to, if not what {@link Placements} say
     * @throws CheckpointException if the file holds a model of an unknown kind, or lacks a part
     * @throws IOException if it is no readable safetensors file
     */
    public static DiffusionModel load(Path path, Optional<ScalarType> precision) throws IOException {
        var file = path.getFileName().toString();
        var root = WeightsFile.open(path);
        var weights = precision.map(type -> root.changed(parameter -> parameter.held(type))).orElseGet(() -> Placements.current().rounded(root));
        var named = withoutPrefix(weights);
        OtherFamilies.refuse(file, named);
        try {
            var network = original(named);
            var transformer = TransformerFamily.of(network);
            return transformer.isPresent() ? transformer.get().model(file, network) : UNetFamily.of(file, network).model(network, root);
        } catch (NoSuchElementException e) {
            throw new CheckpointException(file + " is incomplete: " + e.getMessage());
        }
    }

    /** From the layout of diffusers, if it has that. */
    private static Weights original(Weights network) {
        if (DiffusersUNetNames.areUsedBy(network)) {
            return DiffusersUNetNames.toOriginal(network);
        }
        if (!network.has("transformer_blocks.0.attn.add_q_proj.weight")) {
            return network;
        }
        return network.has("x_embedder.weight") ? FluxNames.toOriginal(network) : MmditNames.toOriginal(network);
    }

    private static Weights withoutPrefix(Weights weights) {
        return PREFIXES.stream()
                .filter(prefix -> weights.at(prefix).names().size() > FEWEST)
                .max(Comparator.comparingInt(prefix -> weights.at(prefix).names().size()))
                .map(weights::at)
                .orElse(weights);
    }
}

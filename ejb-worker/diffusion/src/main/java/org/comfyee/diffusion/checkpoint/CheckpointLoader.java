package org.comfyee.diffusion.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.comfyee.diffusion.text.MissingTextEncoder;
import org.comfyee.diffusion.vae.VaeModel;

/**
 * Opens single-file checkpoints of Stable Diffusion 1.x, 2.x, XL, the XL refiner, 3, 3.5 and Flux. Weights stay in the file until
 * used. A file may lack text encoder and autoencoder; what stands for these says so when it is used.
 */
public final class CheckpointLoader {
    private static final String NETWORK = "model.diffusion_model";
    private static final List<String> VAES = List.of("vae", "first_stage_model");

    private CheckpointLoader() {}

    /**
     * @throws CheckpointException if the file holds no diffusion model that is known, or an incomplete one
     * @throws IOException if it is no readable safetensors file
     */
    public static Checkpoint load(Path path) throws IOException {
        var file = path.getFileName().toString();
        var weights = WeightsFile.open(path).renamed(CheckpointLoader::modernName);
        var network = Placements.current().rounded(weights.at(NETWORK));
        if (network.names().isEmpty()) {
            return new Checkpoint(DiffusionModelLoader.load(path, Optional.empty()), MissingTextEncoder.in(file, "cond_stage_model", "text_encoders"),
                    vae(file, weights));
        }
        OtherFamilies.refuse(file, network);
        try {
            var transformer = TransformerFamily.of(network);
            if (transformer.isPresent()) {
                return new Checkpoint(transformer.get().model(file, network), transformer.get().text(file, weights), vae(file, weights));
            }
            var family = UNetFamily.of(file, network);
            return new Checkpoint(family.model(network, weights), family.text(file, weights), vae(file, weights));
        } catch (NoSuchElementException e) {
            throw new CheckpointException(file + " is incomplete: " + e.getMessage());
        }
    }

    private static VaeModel vae(String file, Weights weights) {
        return VAES.stream().filter(weights::has).findFirst()
                .map(place -> new VaeModel(weights.at(place)))
                .orElseGet(() -> VaeModel.missing(file + " has no VAE (no weight begins with " + String.join(" or ", VAES)
                        + "): load it from a file of its own"));
    }

    /** Early checkpoints have a shorter name for the text encoder's weights. */
    private static String modernName(String name) {
        var old = "cond_stage_model.transformer.";
        return name.startsWith(old) && !name.startsWith(old + "text_model.") && !name.startsWith(old + "text_projection")
                ? old + "text_model." + name.substring(old.length())
                : name;
    }
}

package org.comfyee.diffusion.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.comfyee.diffusion.vae.VaeModel;

/**
 * Opens single-file checkpoints of Stable Diffusion 1.x, 2.x, XL, the XL refiner, 3, 3.5 and Flux. Weights stay in the file until
 * used.
 */
public final class CheckpointLoader {
    private static final String NETWORK = "model.diffusion_model";

    private CheckpointLoader() {}

    /**
     * @throws CheckpointException if the file holds a model of another kind, or lacks a part
     * @throws IOException if it is no readable safetensors file
     */
    public static Checkpoint load(Path path) throws IOException {
        var file = path.getFileName().toString();
        var weights = WeightsFile.open(path).renamed(CheckpointLoader::modernName);
        var network = weights.at(NETWORK);
        try {
            var transformer = TransformerFamily.of(network);
            if (transformer.isPresent()) {
                return new Checkpoint(transformer.get().model(file, network), transformer.get().text(file, weights), vae(weights));
            }
            var family = UNetFamily.of(file, network);
            return new Checkpoint(family.model(network, weights), family.text(file, weights), vae(weights));
        } catch (NoSuchElementException e) {
            throw new CheckpointException(file + " is incomplete: " + e.getMessage());
        }
    }

    private static VaeModel vae(Weights weights) {
        return new VaeModel(weights.at(weights.has("vae") ? "vae" : "first_stage_model"));
    }

    /** Early checkpoints have a shorter name for the text encoder's weights. */
    private static String modernName(String name) {
        var old = "cond_stage_model.transformer.";
        return name.startsWith(old) && !name.startsWith(old + "text_model.") && !name.startsWith(old + "text_projection")
                ? old + "text_model." + name.substring(old.length())
                : name;
    }
}

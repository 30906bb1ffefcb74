package org.comfyee.diffusion.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.comfyee.diffusion.vision.ClipVisionModel;
import org.comfyee.diffusion.vision.StyleModel;

/** Opens models that look at pictures, and those that make words of what these see. */
public final class VisionFiles {
    private VisionFiles() {}

    /**
     * @throws CheckpointException if the file holds no vision model that is known
     * @throws IOException if it is no readable safetensors file
     */
    public static ClipVisionModel loadVision(Path path) throws IOException {
        return load(path, ClipVisionModel::of);
    }

    /**
     * @throws CheckpointException if the file holds no style model that is known
     * @throws IOException if it is no readable safetensors file
     */
    public static StyleModel loadStyle(Path path) throws IOException {
        return load(path, StyleModel::of);
    }

    /**
     * The vision model in the checkpoint of a model that is guided by pictures.
     *
     * @throws CheckpointException if the file holds none
     * @throws IOException if it is no readable safetensors file
     */
    public static ClipVisionModel loadFromCheckpoint(Path path) throws IOException {
        return load(path, weights -> weights.has("embedder.model.visual.transformer")
                ? ClipVisionModel.ofOpenClip(weights.at("embedder.model.visual"))
                : ClipVisionModel.of(weights.at("embedder.model.visual")));
    }

    private static <T> T load(Path path, Function<Weights, T> build) throws IOException {
        try {
            return build.apply(WeightsFile.open(path));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw new CheckpointException(path.getFileName() + " cannot be used: " + e.getMessage());
        }
    }
}

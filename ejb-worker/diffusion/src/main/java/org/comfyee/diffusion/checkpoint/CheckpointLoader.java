package org.comfyee.diffusion.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Set;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.EpsilonSampling;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.model.ModelFamily;
import org.comfyee.diffusion.model.NetworkSource;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.unet.UNet;
import org.comfyee.diffusion.vae.VaeModel;
import org.comfyee.torch.safetensors.SafetensorsFile;

/** Opens checkpoints in the layout that Stable Diffusion 1.x was published in. Weights stay in the file until used. */
public final class CheckpointLoader {
    private static final String UNET = "model.diffusion_model";
    private static final String TEXT = "cond_stage_model.transformer";
    private static final String VAE = "first_stage_model";
    private static final Set<String> PICKLES = Set.of("ckpt", "pt", "pt2", "bin", "pth", "pkl");

    private CheckpointLoader() {}

    /**
     * @throws CheckpointException if the file holds a model of another kind, or lacks a part
     * @throws IOException if it is no readable safetensors file
     */
    public static Checkpoint load(Path path) throws IOException {
        refusePickle(path);
        var weights = Weights.of(SafetensorsFile.open(path)).renamed(CheckpointLoader::modernName);
        if (!weights.has(UNET + ".input_blocks.0.0.weight")) {
            throw new CheckpointException("Could not detect model type of: " + path.getFileName()
                    + " (no weight is called " + UNET + ".input_blocks.0.0.weight)");
        }
        requireSd1(path, weights);
        try {
            return new Checkpoint(
                    new DiffusionModel(new NetworkSource(weights.at(UNET), UNet::new), ModelFamily.TEXT_ONLY,
                            EpsilonSampling.STABLE_DIFFUSION, LatentFormat.SD15),
                    new TextEncoder(weights.at(TEXT + ".text_model")),
                    new VaeModel(weights.at(VAE)));
        } catch (NoSuchElementException e) {
            throw new CheckpointException(path.getFileName() + " is incomplete: " + e.getMessage());
        }
    }

    private static void refusePickle(Path path) throws CheckpointException {
        var name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        var extension = name.substring(name.lastIndexOf('.') + 1);
        if (PICKLES.contains(extension)) {
            throw new CheckpointException(path.getFileName() + " is a pickle file, which could run code when loaded; "
                    + "convert it to safetensors");
        }
    }

    private static void requireSd1(Path path, Weights weights) throws CheckpointException {
        var channels = weights.size(UNET + ".input_blocks.0.0.weight", 1);
        boolean convolutional = weights.find(UNET + ".input_blocks.1.1.proj_in.weight").map(each -> each.shape().length == 4).orElse(false);
        if (!convolutional || weights.has(UNET + ".label_emb") || channels != 4) {
            throw new CheckpointException(path.getFileName() + " holds a U-Net with " + channels
                    + " input channels that is not of the Stable Diffusion 1.x family; only that family can be loaded");
        }
        if (!weights.has(TEXT)) {
            throw new CheckpointException(path.getFileName() + " has no text encoder (no weight begins with " + TEXT + ")");
        }
    }

    /** Early checkpoints have a shorter name for the text encoder's weights. */
    private static String modernName(String name) {
        var old = TEXT + ".";
        return name.startsWith(old) && !name.startsWith(old + "text_model.") && !name.startsWith(old + "text_projection")
                ? old + "text_model." + name.substring(old.length())
                : name;
    }
}

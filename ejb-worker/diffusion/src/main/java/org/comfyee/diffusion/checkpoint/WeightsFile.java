package org.comfyee.diffusion.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.zip.ZipException;
import org.comfyee.torch.pickle.PickleException;
import org.comfyee.torch.pickle.TorchFile;
import org.comfyee.torch.safetensors.SafetensorsFile;

/** Opens files of weights. Weights stay in the file until used. */
public final class WeightsFile {
    private static final Set<String> PICKLES = Set.of("ckpt", "pt", "pt2", "bin", "pth", "pkl");

    private WeightsFile() {}

    /**
     * @throws CheckpointException if it is a pickle
     * @throws IOException if it is no readable safetensors file
     */
    public static Weights open(Path path) throws IOException {
        if (isPickle(path)) {
            throw new CheckpointException(path.getFileName() + " is a pickle file, which could run code when loaded; "
                    + "convert it to safetensors");
        }
        return Weights.of(SafetensorsFile.open(path));
    }

    /**
     * Opens pickles too, without running what they ask for: for models that are often published in no other form.
     *
     * @throws CheckpointException if it is no readable file of PyTorch although its name says so
     * @throws IOException if it is no readable safetensors file
     */
    public static Weights openAlsoPickle(Path path) throws IOException {
        if (!isPickle(path)) {
            return open(path);
        }
        try {
            return Weights.of(TorchFile.open(path));
        } catch (PickleException | ZipException e) {
            throw new CheckpointException(path.getFileName() + " is no pickle of tensors that can be read: " + e.getMessage());
        }
    }

    private static boolean isPickle(Path path) {
        var name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        return PICKLES.contains(name.substring(name.lastIndexOf('.') + 1));
    }
}

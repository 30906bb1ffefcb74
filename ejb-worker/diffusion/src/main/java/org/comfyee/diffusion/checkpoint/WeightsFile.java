package org.comfyee.diffusion.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
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
        var name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        if (PICKLES.contains(name.substring(name.lastIndexOf('.') + 1))) {
            throw new CheckpointException(path.getFileName() + " is a pickle file, which could run code when loaded; "
                    + "convert it to safetensors");
        }
        return Weights.of(SafetensorsFile.open(path));
    }
}

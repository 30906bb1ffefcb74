package org.comfyee.diffusion.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import org.comfyee.diffusion.upscale.UpscaleModel;

/** Opens models that make pictures larger. */
public final class UpscaleModelFiles {
    private static final List<String> WRAPPINGS = List.of("params_ema", "params", "module");

    private UpscaleModelFiles() {}

    /**
     * @throws CheckpointException if the file holds no model of the ESRGAN family
     * @throws IOException if it cannot be read
     */
    public static UpscaleModel load(Path path) throws IOException {
        try {
            return UpscaleModel.of(unwrapped(WeightsFile.openAlsoPickle(path)));
        } catch (NoSuchElementException | IllegalArgumentException e) {
            throw new CheckpointException(path.getFileName() + " is no model of the ESRGAN family, or incomplete: " + e.getMessage());
        }
    }

    private static Weights unwrapped(Weights weights) {
        var plain = weights;
        for (var wrapping : WRAPPINGS) {
            plain = plain.has(wrapping) ? below(plain.at(wrapping)) : plain;
        }
        return plain;
    }

    private static Weights below(Weights weights) {
        return Weights.of(weights.names().stream().collect(Collectors.toMap(name -> name, weights::get)));
    }
}

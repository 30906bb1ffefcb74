package org.comfyee.diffusion.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.comfyee.diffusion.vae.TinyDecoder;
import org.comfyee.diffusion.vae.VaeModel;

/** Opens autoencoders that lie in files of their own. */
public final class VaeFiles {
    private VaeFiles() {}

    /**
     * @param path weights in the original layout or in that of the diffusers library
     * @throws CheckpointException if the file holds no autoencoder
     * @throws IOException if it is no readable safetensors file
     */
    public static VaeModel load(Path path) throws IOException {
        try {
            return new VaeModel(WeightsFile.open(path));
        } catch (NoSuchElementException e) {
            throw new CheckpointException(path.getFileName() + " is no autoencoder, or incomplete: " + e.getMessage());
        }
    }

    /**
     * Opens a TAESD.
     *
     * @param latentScale see {@link VaeModel#tiny}
     * @throws CheckpointException if the files do not hold its halves
     * @throws IOException if one is no readable safetensors file
     */
    public static VaeModel loadTiny(Path encoder, Path decoder, double latentScale, double latentShift) throws IOException {
        try {
            return VaeModel.tiny(WeightsFile.open(encoder), WeightsFile.open(decoder), latentScale, latentShift);
        } catch (NoSuchElementException e) {
            throw new CheckpointException(encoder.getFileName() + " and " + decoder.getFileName() + " are no TAESD, or incomplete: "
                    + e.getMessage());
        }
    }

    /**
     * Opens the half of a TAESD that decodes.
     *
     * @throws CheckpointException if the file does not hold it
     * @throws IOException if it is no readable safetensors file
     */
    public static TinyDecoder loadTinyDecoder(Path path) throws IOException {
        try {
            return new TinyDecoder(WeightsFile.open(path));
        } catch (NoSuchElementException e) {
            throw new CheckpointException(path.getFileName() + " is no decoder of a TAESD, or incomplete: " + e.getMessage());
        }
    }
}

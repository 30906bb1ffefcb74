package org.comfyee.nodes;

import java.util.Optional;
import org.comfyee.diffusion.checkpoint.LoadedWeights;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;

/** On what, with what numbers and within what memory the nodes of this process compute. */
public final class Compute {
    private Compute() {}

    /**
     * Decides for all models that are opened from now on.
     *
     * @param device for networks
     * @param network type that they are to compute with; otherwise what suits device and model
     * @param vaeDevice for autoencoders
     * @param vae type that they are to compute with
     * @param textDevice for text encoders
     */
    public static void on(Device device, Optional<ScalarType> network, Device vaeDevice, Optional<ScalarType> vae, Device textDevice) {
        Placements.choose(new Placements(device, network, vaeDevice, vae, textDevice));
    }

    /**
     * Decides to which types weights are rounded that are read from now on.
     *
     * @param network for networks; as they are stored if empty
     * @param text for text encoders
     */
    public static void rounding(Optional<ScalarType> network, ScalarType text) {
        Placements.choose(Placements.current().rounding(network, text));
    }

    /**
     * @param most bytes that weights may take; 0 keeps none
     * @param reserve bytes of the machine's memory that weights leave free
     */
    public static void limitWeights(long most, long reserve) {
        LoadedWeights.limit(most, reserve);
    }

    /** Drops all weights; those of models that are used again are read again. */
    public static void unloadWeights() {
        LoadedWeights.unload();
    }
}

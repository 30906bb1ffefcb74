package org.comfyee.nodes;

import java.util.Optional;
import java.util.Set;
import org.comfyee.diffusion.checkpoint.LoadedWeights;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.torch.CurrentDevice;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;

/** On what, with what numbers and within what memory the nodes of one session compute. */
public final class Compute {
    /** On the CPU, as models usually compute there. */
    public static final Compute USUAL = new Compute(Placements.USUAL);

    private final Placements placements;

    private Compute(Placements placements) {
        this.placements = placements;
    }

    /**
     * @param device for networks
     * @param network type that they are to compute with; otherwise what suits device and model
     * @param vaeDevice for autoencoders
     * @param vae type that they are to compute with
     * @param textDevice for text encoders
     */
    public static Compute on(Device device, Optional<ScalarType> network, Device vaeDevice, Optional<ScalarType> vae, Device textDevice) {
        return new Compute(new Placements(device, network, vaeDevice, vae, textDevice));
    }

    /**
     * The same with weights of other types.
     *
     * @param network that of networks; as they are stored if empty
     * @param text that of text encoders
     */
    public Compute rounding(Optional<ScalarType> network, ScalarType text) {
        return new Compute(placements.rounding(network, text));
    }

    /** What networks compute on. */
    public Device device() {
        return placements.device();
    }

    /** All that models may lie on. */
    public Set<Device> devices() {
        return placements.devices();
    }

    /** Does a piece of work in which nodes compute so. */
    public <R, X extends Throwable> R call(ScopedValue.CallableOp<? extends R, X> work) throws X {
        try (var _ = new CurrentDevice(device())) {
            return placements.call(work);
        }
    }

    /**
     * @param device whose memory is meant, whichever session uses it
     * @param most bytes that weights may take there; 0 keeps none
     * @param reserve bytes of the machine's memory that weights on the CPU leave free
     */
    public static void limitWeights(Device device, long most, long reserve) {
        LoadedWeights.on(device).limit(most, reserve);
    }

    /** Drops all weights on the devices of this session; those of models that are used again are read again. */
    public void unloadWeights() {
        devices().stream().map(LoadedWeights::on).forEach(LoadedWeights::unload);
    }
}

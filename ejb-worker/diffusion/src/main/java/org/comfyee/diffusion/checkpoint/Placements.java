package org.comfyee.diffusion.checkpoint;

import java.util.List;
import java.util.Optional;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Torch;

/**
 * How this process places models. A type that was asked for is taken; otherwise it is float32 on the CPU, and on a GPU the
 * first of a model's types that the GPU computes well with. Text encoders always compute in float32 on the CPU.
 *
 * @param device for all but the text
 * @param network type that networks are to compute with
 * @param vae type that autoencoders are to compute with
 * @param vaeOnCpu whether autoencoders stay on the CPU
 */
public record Placements(Device device, Optional<ScalarType> network, Optional<ScalarType> vae, boolean vaeOnCpu) {
    public static final Placements USUAL = new Placements(Device.CPU, Optional.empty(), Optional.empty(), false);

    /** The least CUDA compute capabilities that are good with the short types. */
    private static final int BFLOAT16_CAPABILITY = 8;
    private static final int FLOAT16_CAPABILITY = 7;

    private static volatile Placements current = USUAL;

    /** Decides for all models that are opened from now on. */
    public static void choose(Placements placements) {
        current = placements;
    }

    public static Placements current() {
        return current;
    }

    /**
     * @param stored type of the network's weights
     * @param family types that its family works with, the best first
     */
    public Placement forNetwork(ScalarType stored, List<ScalarType> family) {
        if (network.isPresent() || device.isCpu()) {
            return new Placement(device, network.orElse(ScalarType.FLOAT32));
        }
        boolean keep = stored == ScalarType.FLOAT16 && family.contains(stored) && isGood(stored);
        return new Placement(device, keep ? stored : firstGood(family));
    }

    public Placement forVae() {
        var place = vaeOnCpu ? Device.CPU : device;
        return new Placement(place, vae.orElseGet(() -> place.isCpu() ? ScalarType.FLOAT32 : firstGood(List.of(ScalarType.BFLOAT16))));
    }

    private ScalarType firstGood(List<ScalarType> types) {
        return types.stream().filter(this::isGood).findFirst().orElse(ScalarType.FLOAT32);
    }

    private boolean isGood(ScalarType type) {
        int capability = Torch.cudaCapability(device.index());
        return switch (type) {
            case BFLOAT16 -> capability >= BFLOAT16_CAPABILITY;
            case FLOAT16 -> capability >= FLOAT16_CAPABILITY;
            default -> true;
        };
    }
}

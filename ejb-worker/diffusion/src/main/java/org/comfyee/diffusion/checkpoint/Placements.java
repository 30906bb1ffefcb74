package org.comfyee.diffusion.checkpoint;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Torch;

/**
 * How models are placed that are opened in a piece of work ({@link #call}). A type that was asked for is taken; otherwise it is float32 on the CPU, and on a GPU the
 * first of a model's types that the GPU computes well with. Networks on the CPU do not compute in short types: they hold their weights
 * in such a type. Text encoders always compute in float32, with weights of float16 unless another type was asked for.
 *
 * @param device for networks
 * @param network type that they are to compute with, or to hold their weights in
 * @param vaeDevice for autoencoders
 * @param vae type that they are to compute with
 * @param textDevice for text encoders
 * @param networkWeights type that weights of networks are rounded to, if any
 * @param textWeights type that weights of text encoders are rounded to
 */
public record Placements(Device device, Optional<ScalarType> network, Device vaeDevice, Optional<ScalarType> vae, Device textDevice,
        Optional<ScalarType> networkWeights, ScalarType textWeights) {
    public static final Placements USUAL = onOne(Device.CPU, Optional.empty(), Optional.empty());

    /** The least CUDA compute capabilities that are good with the short types. */
    private static final int BFLOAT16_CAPABILITY = 8;
    private static final int FLOAT16_CAPABILITY = 7;

    private static final ScopedValue<Placements> CURRENT = ScopedValue.newInstance();

    /** Weights as they usually are. */
    public Placements(Device device, Optional<ScalarType> network, Device vaeDevice, Optional<ScalarType> vae, Device textDevice) {
        this(device, network, vaeDevice, vae, textDevice, Optional.empty(), ScalarType.FLOAT16);
    }

    /** The same places with weights of other types. */
    public Placements rounding(Optional<ScalarType> newNetworkWeights, ScalarType newTextWeights) {
        return new Placements(device, network, vaeDevice, vae, textDevice, newNetworkWeights, newTextWeights);
    }

    /** All models on one device. */
    public static Placements onOne(Device device, Optional<ScalarType> network, Optional<ScalarType> vae) {
        return new Placements(device, network, device, vae, device);
    }

    /** Does a piece of work in which these decide for all models that are opened. */
    public <R, X extends Throwable> R call(ScopedValue.CallableOp<? extends R, X> work) throws X {
        return ScopedValue.where(CURRENT, this).call(work);
    }

    /** Those of the piece of work that the calling thread does, or the usual ones. */
    public static Placements current() {
        return CURRENT.orElse(USUAL);
    }

    /** Where models may lie; the CPU is always among them, for models that are nowhere else. */
    public Set<Device> devices() {
        return new LinkedHashSet<>(List.of(device, vaeDevice, textDevice, Device.CPU));
    }

    /**
     * @param stored type of the network's weights
     * @param family types that its family works with, the best first
     */
    public Placement forNetwork(ScalarType stored, List<ScalarType> family) {
        if (device.isCpu()) {
            return new Placement(device, network.filter(type -> !isShort(type)).orElse(ScalarType.FLOAT32));
        }
        if (network.isPresent()) {
            return new Placement(device, network.get());
        }
        boolean keep = stored == ScalarType.FLOAT16 && family.contains(stored) && isGood(device, stored);
        return new Placement(device, keep ? stored : firstGood(device, family));
    }

    /** Of autoencoders: in float32 unless another type was asked for or the GPU is good with bfloat16. */
    public Placement forVae() {
        return new Placement(vaeDevice, vae.orElseGet(() -> firstGood(vaeDevice, List.of(ScalarType.BFLOAT16))));
    }

    /** Of text encoders, and of vision models. */
    public Placement forText() {
        return new Placement(textDevice, ScalarType.FLOAT32);
    }

    /** Of models that make pictures larger. */
    public Placement forUpscaling() {
        return new Placement(device, ScalarType.FLOAT32);
    }

    /** The weights of a network as they are to be held. */
    public Weights rounded(Weights network) {
        return networkWeights.or(() -> this.network.filter(type -> device.isCpu() && isShort(type)))
                .map(type -> network.changed(weight -> weight.held(type)))
                .orElse(network);
    }

    /** A CLIP's weight as it is to be held. */
    public Parameter rounded(Parameter weight) {
        return weight.type().elementSize() < textWeights.elementSize() ? weight : weight.rounded(textWeights);
    }

    /** A T5's weight as it is to be held: in its own type, unless another takes less memory. */
    public Parameter shortened(Parameter weight) {
        return weight.type().elementSize() <= textWeights.elementSize() ? weight : weight.rounded(textWeights);
    }

    private static ScalarType firstGood(Device device, List<ScalarType> types) {
        return types.stream().filter(type -> isGood(device, type)).findFirst().orElse(ScalarType.FLOAT32);
    }

    private static boolean isShort(ScalarType type) {
        return type.elementSize() < ScalarType.FLOAT32.elementSize();
    }

    private static boolean isGood(Device device, ScalarType type) {
        return switch (type) {
            case BFLOAT16 -> capability(device) >= BFLOAT16_CAPABILITY;
            case FLOAT16 -> capability(device) >= FLOAT16_CAPABILITY;
            default -> true;
        };
    }

    private static int capability(Device device) {
        return device.type() == Device.Type.CUDA ? Torch.cudaCapability(device.index()) : 0;
    }
}

package org.comfyee.diffusion.model;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Placement;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.ScalarType;

/** A network and the weights it is made of, so that it can be made again of patched ones; it lies where {@link Placements} say. */
public final class NetworkSource {
    /** Types that networks work with, the best first. */
    public static final List<ScalarType> USUAL_TYPES = List.of(ScalarType.FLOAT16, ScalarType.BFLOAT16, ScalarType.FLOAT32);

    private final Placement placement;
    private final Weights weights;
    private final Function<Weights, Network> build;
    private final List<ScalarType> types;
    private final Network network;

    /**
     * @param build makes a network of weights; cheap, since weights stay in their file until used
     * @throws java.util.NoSuchElementException if a weight is missing
     */
    public NetworkSource(Weights weights, Function<Weights, Network> build) {
        this(weights, build, USUAL_TYPES);
    }

    /**
     * @param build as above
     * @param types that the network works with, the best first
     */
    public NetworkSource(Weights weights, Function<Weights, Network> build, List<ScalarType> types) {
        this(weights, build, types, Placements.current().forNetwork(weights.mainType(), types));
    }

    private NetworkSource(Weights weights, Function<Weights, Network> build, List<ScalarType> types, Placement placement) {
        this.placement = placement;
        this.weights = weights.placed(placement);
        this.build = build;
        this.types = types;
        this.network = build.apply(this.weights);
    }

    /** Where the network computes, and in which type. */
    public Placement placement() {
        return placement;
    }

    /** In the place and type of {@link #placement}, with all patches. */
    public Weights weights() {
        return weights;
    }

    /** Made of {@link #weights} once. */
    public Network network() {
        return network;
    }

    /** The same network of other weights; this one stays as it is. */
    public NetworkSource patched(UnaryOperator<Weights> patch) {
        return new NetworkSource(patch.apply(weights), build, types, placement);
    }

    /**
     * The same network in the same place, computing with another type of numbers.
     *
     * @param type empty for the one that {@link Placements} choose
     */
    public NetworkSource computing(Optional<ScalarType> type) {
        var usual = Placements.current().forNetwork(weights.mainType(), types);
        return new NetworkSource(weights, build, types, new Placement(placement.device(), type.orElse(usual.type())));
    }
}

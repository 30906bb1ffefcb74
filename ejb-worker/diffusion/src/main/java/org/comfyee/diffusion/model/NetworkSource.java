package org.comfyee.diffusion.model;

import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Weights;

/** A network and the weights it is made of, so that it can be made again of patched ones. */
public final class NetworkSource {
    private final Weights weights;
    private final Function<Weights, Network> build;
    private final Network network;

    /**
     * @param build makes a network of weights; cheap, since weights stay in their file until used
     * @throws java.util.NoSuchElementException if a weight is missing
     */
    public NetworkSource(Weights weights, Function<Weights, Network> build) {
        this.weights = weights;
        this.build = build;
        this.network = build.apply(weights);
    }

    public Weights weights() {
        return weights;
    }

    public Network network() {
        return network;
    }

    /** The same network of other weights; this one stays as it is. */
    public NetworkSource patched(UnaryOperator<Weights> patch) {
        return new NetworkSource(patch.apply(weights), build);
    }
}

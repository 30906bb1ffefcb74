package org.comfyee.diffusion.control;

import org.comfyee.diffusion.checkpoint.Placement;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.DiffusionModel;

/** Makes a control network that lies where the diffusion model lies, and keeps that of the last model. */
final class BoundNetwork implements ControlNet.Source {
    /** Makes a network of weights. */
    @FunctionalInterface
    interface Build {
        /**
         * @param file the control network's weights
         * @param main those of the network that is steered
         */
        ControlNetwork of(Weights file, Weights main);
    }

    private final Weights file;
    private final Build build;
    private Weights main;
    private Placement placement;
    private ControlNetwork network;

    BoundNetwork(Weights file, Build build) {
        this.file = file;
        this.build = build;
    }

    @Override
    public synchronized ControlNetwork bind(DiffusionModel model) {
        var source = model.source();
        if (network == null || main != source.weights() || !source.placement().equals(placement)) {
            main = source.weights();
            placement = source.placement();
            network = build.of(file.placed(placement), main);
        }
        return network;
    }
}

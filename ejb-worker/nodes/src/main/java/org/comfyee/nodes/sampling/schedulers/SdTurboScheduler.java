package org.comfyee.nodes.sampling.schedulers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** The sigmas that SD-Turbo was distilled for. */
public final class SdTurboScheduler implements Node {
    private static final int TIMESTEPS = 1000;

    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Integer> STEPS = Input.integer("steps").defaultTo(1).range(1, 10);
    private static final Input<Double> DENOISE = Input.floating("denoise").defaultTo(1.0).range(0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("SDTurboScheduler")
            .category("sampling/custom_sampling/schedulers")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(MODEL, STEPS, DENOISE)
            .outputs(Types.SIGMAS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        int start = 10 - (int) (10 * inputs.get(DENOISE));
        int end = Math.min(10, start + inputs.get(STEPS));
        var sigmas = new float[Math.max(0, end - start) + 1];
        for (int i = start; i < end; i++) {
            sigmas[i - start] = inputs.get(MODEL).sampling().sigma(TIMESTEPS - 1 - i * (TIMESTEPS / 10));
        }
        return Outputs.of((Object) sigmas);
    }
}

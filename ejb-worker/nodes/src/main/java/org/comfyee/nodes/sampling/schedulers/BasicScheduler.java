package org.comfyee.nodes.sampling.schedulers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.sampling.Scheduler;
import org.comfyee.diffusion.sampling.Sigmas;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Sigmas for a model by the name of a schedule. */
public final class BasicScheduler implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<String> SCHEDULER = Input.combo("scheduler", Scheduler.NAMES);
    private static final Input<Integer> STEPS = Input.integer("steps").defaultTo(20).range(1, 10000);
    private static final Input<Double> DENOISE = Input.floating("denoise").defaultTo(1.0).range(0.0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("BasicScheduler")
            .category("sampling/custom_sampling/schedulers")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(MODEL, SCHEDULER, STEPS, DENOISE)
            .outputs(Types.SIGMAS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        int steps = inputs.get(STEPS);
        var sigmas = Sigmas.scheduled(inputs.get(MODEL).sampling(), Scheduler.named(inputs.get(SCHEDULER)), steps, inputs.get(DENOISE), false);
        // Other than KSampler, also of a whole schedule no more than asked for.
        return Outputs.of((Object) Sigmas.last(sigmas, steps));
    }
}

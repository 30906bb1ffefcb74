package org.comfyee.nodes.sampling.schedulers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Map;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Sigmas that were optimised for a model (Pei et al. 2025, "Optimal Stepsize for Diffusion Sampling"). */
public final class OptimalStepsScheduler implements Node {
    private static final Map<String, List<double[]>> TABLES = SigmaTables.read("optimal-steps.txt");

    private static final Input<String> MODEL_TYPE = Input.combo("model_type", List.of("FLUX", "Wan", "Chroma"));
    private static final Input<Integer> STEPS = Input.integer("steps").defaultTo(20).range(3, 1000);
    private static final Input<Double> DENOISE = Input.floating("denoise").defaultTo(1.0).range(0.0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("OptimalStepsScheduler")
            .schema()
            .category("sampling/custom_sampling/schedulers")
            .module("comfy_extras.nodes_optimalsteps")
            .inputs(MODEL_TYPE, STEPS, DENOISE)
            .outputs(Types.SIGMAS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of((Object) SigmaTables.fitted(TABLES.get(inputs.get(MODEL_TYPE)).getFirst(), inputs.get(STEPS), inputs.get(DENOISE)));
    }
}

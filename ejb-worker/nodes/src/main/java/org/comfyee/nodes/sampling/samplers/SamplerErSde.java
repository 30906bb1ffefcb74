package org.comfyee.nodes.sampling.samplers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.sampling.ConfiguredSamplers;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Solvers of the extended reverse-time stochastic differential equation. */
public final class SamplerErSde implements Node {
    private static final Input<String> SOLVER_TYPE = Input.combo("solver_type", List.of("ER-SDE", "Reverse-time SDE", "ODE")).typed();
    private static final Input<Integer> MAX_STAGE = Input.integer("max_stage").defaultTo(3).range(1, 3);
    private static final Input<Double> ETA = Input.floating("eta").defaultTo(1.0).range(0.0, 100.0).step(0.01).with("round", false)
            .tooltip("Stochastic strength of reverse-time SDE.\nWhen eta=0, it reduces to deterministic ODE. This "
                    + "setting doesn't apply to ER-SDE solver type.");
    private static final Input<Double> S_NOISE = Input.floating("s_noise").defaultTo(1.0).range(0.0, 100.0).step(0.01).with("round", false);

    private static final NodeDefinition DEFINITION = node("SamplerER_SDE")
            .category("sampling/custom_sampling/samplers")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(SOLVER_TYPE, MAX_STAGE, ETA, S_NOISE)
            .outputs(Types.SAMPLER)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        int stages = inputs.get(MAX_STAGE);
        double noiseScale = inputs.get(S_NOISE);
        return Outputs.of(switch (inputs.get(SOLVER_TYPE)) {
            case "ODE" -> ConfiguredSamplers.reverseTime(stages, 0, noiseScale);
            case "Reverse-time SDE" -> ConfiguredSamplers.reverseTime(stages, inputs.get(ETA), noiseScale);
            default -> ConfiguredSamplers.extendedReverse(stages, noiseScale);
        });
    }
}

package org.comfyee.nodes.guidance;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.AdaptiveProjection;
import org.comfyee.diffusion.patch.ModelPatch;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/**
 * Guidance with momentum, of limited length, and with that part scaled apart which lies along the guess (Sadat et al. 2024,
 * "Eliminating Oversaturation and Artifacts of High Guidance Scales in Diffusion Models").
 */
public final class Apg implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> ETA = Input.floating("eta").defaultTo(1.0).range(-10.0, 10.0).step(0.01)
            .tooltip("Controls the scale of the parallel guidance vector. Default CFG behavior at a setting of 1.");
    private static final Input<Double> NORM_THRESHOLD = Input.floating("norm_threshold").defaultTo(5.0).range(0.0, 50.0).step(0.1)
            .tooltip("Normalize guidance vector to this value, normalization disable at a setting of 0.");
    private static final Input<Double> MOMENTUM = Input.floating("momentum").defaultTo(0.0).range(-5.0, 1.0).step(0.01)
            .tooltip("Controls a running average of guidance during diffusion, disabled at a setting of 0.");

    private static final NodeDefinition DEFINITION = node("APG")
            .schema()
            .displayName("Adaptive Projected Guidance")
            .category("sampling/custom_sampling")
            .module("comfy_extras.nodes_apg")
            .inputs(MODEL, ETA, NORM_THRESHOLD, MOMENTUM)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double eta = inputs.get(ETA);
        double longest = inputs.get(NORM_THRESHOLD);
        double momentum = inputs.get(MOMENTUM);
        return Outputs.of(inputs.get(MODEL).with(
                _ -> ModelPatch.Hooks.of(new AdaptiveProjection(eta, longest, momentum))));
    }
}

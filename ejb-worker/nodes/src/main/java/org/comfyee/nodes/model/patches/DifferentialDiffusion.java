package org.comfyee.nodes.model.patches;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.ModelPatch;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/**
 * A mask of grey: the darker a place, the later it begins to change (Levin and Fried 2023, "Differential Diffusion: Giving
 * Each Pixel Its Strength").
 */
public final class DifferentialDiffusion implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> STRENGTH = Input.floating("strength").defaultTo(1.0).range(0.0, 1.0).step(0.01).optional();

    private static final NodeDefinition DEFINITION = node("DifferentialDiffusion")
            .schema()
            .displayName("Differential Diffusion")
            .category("_for_testing")
            .module("comfy_extras.nodes_differential_diffusion")
            .experimental()
            .inputs(MODEL, STRENGTH)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double strength = inputs.find(STRENGTH).orElse(1.0);
        return Outputs.of(inputs.get(MODEL).with(run -> ModelPatch.Hooks.of(new GuidancePatch() {
            @Override
            public Tensor mask(float sigma, Tensor mask) {
                var binary = mask.ge(Tensor.scalar(threshold(run, sigma))).to(mask.dtype());
                return strength > 0 && strength < 1 ? binary.mul(strength).add(mask.mul(1 - strength)) : binary;
            }
        })));
    }

    /** The share of the sampling's timesteps that are still to come. */
    private static double threshold(ModelPatch.Run run, float sigma) {
        var sampling = run.sampling();
        float first = sampling.timestep(run.sigmas()[0]);
        float last = sampling.timestep(Math.max(sampling.sigmaMin(), run.sigmas()[run.sigmas().length - 1]));
        return (sampling.timestep(sigma) - last) / (first - last);
    }
}

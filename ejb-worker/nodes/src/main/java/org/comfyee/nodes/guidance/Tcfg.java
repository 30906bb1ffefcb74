package org.comfyee.nodes.guidance;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.diffusion.patch.PerItem;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/**
 * Takes from the unwanted guess what does not lie along the main direction of both (Kwon et al. 2025, "TCFG: Tangential
 * Damping Classifier-free Guidance").
 */
public final class Tcfg implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);

    private static final NodeDefinition DEFINITION = node("TCFG")
            .schema()
            .displayName("Tangential Damping CFG")
            .category("advanced/guidance")
            .description("TCFG – Tangential Damping CFG (2503.18137)\n\nRefine the uncond (negative) to align with the "
                    + "cond (positive) for improving quality.")
            .module("comfy_extras.nodes_tcfg")
            .inputs(MODEL)
            .outputs(Output.of(Types.MODEL).named("patched_model"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(MODEL).withGuidancePatch(new GuidancePatch() {
            @Override
            public GuidanceStep before(GuidanceStep step) {
                if (!step.asksUnwanted()) {
                    return step;
                }
                var kept = along(step.x().sub(step.unwanted()), step.x().sub(step.wanted()));
                return step.with(step.wanted(), step.x().sub(kept));
            }
        }));
    }

    /** The part of one vector of each item along the first singular vector of the matrix of both. */
    private static Tensor along(Tensor one, Tensor other) {
        var square = PerItem.dot(one, one);
        var product = PerItem.dot(one, other);
        var otherSquare = PerItem.dot(other, other);
        // The eigenvector of the symmetric matrix of products, by the angle that makes it diagonal.
        var angles = new double[(int) one.size(0)];
        var a = square.toFloats();
        var b = product.toFloats();
        var c = otherSquare.toFloats();
        for (int i = 0; i < angles.length; i++) {
            angles[i] = 0.5 * Math.atan2(2.0 * b[i], (double) a[i] - c[i]);
        }
        var angle = Tensor.of(angles, square.shape()).to(one.dtype());
        var direction = one.mul(angle.cos()).add(other.mul(angle.sin()));
        return direction.mul(PerItem.dot(one, direction).div(PerItem.dot(direction, direction)));
    }
}

package org.comfyee.nodes.guidance;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.AttentionInputs;
import org.comfyee.diffusion.patch.AttentionPlace;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.patch.Section;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/**
 * Guidance away from what the model makes of a picture whose parts do not look at each other (Ahn et al. 2024,
 * "Self-Rectifying Diffusion Sampling with Perturbed-Attention Guidance").
 */
public final class PerturbedAttentionGuidance implements Node {
    /** In the middle of the network each pixel sees itself alone. */
    private static final NetworkPatch BLIND = new NetworkPatch() {
        @Override
        public Optional<Tensor> attend(Pass pass, AttentionPlace place, AttentionInputs projected) {
            return place.isSelf(Section.MIDDLE, 0) ? Optional.of(projected.value()) : Optional.empty();
        }
    };

    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> SCALE = Input.floating("scale").defaultTo(3.0).range(0.0, 100.0).step(0.01).with("round", 0.01);

    private static final NodeDefinition DEFINITION = node("PerturbedAttentionGuidance")
            .schema()
            .category("model_patches/unet")
            .module("comfy_extras.nodes_pag")
            .inputs(MODEL, SCALE)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double scale = inputs.get(SCALE);
        return Outputs.of(inputs.get(MODEL).withGuidancePatch(new GuidancePatch() {
            @Override
            public Tensor after(GuidanceStep step, Tensor guided) {
                return scale == 0 ? guided : guided.add(step.wanted().sub(step.questions().wanted(step.x(), BLIND)).mul(scale));
            }
        }));
    }
}

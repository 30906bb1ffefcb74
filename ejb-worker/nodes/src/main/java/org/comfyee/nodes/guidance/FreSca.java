package org.comfyee.nodes.guidance;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.FrequencyWindow;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/**
 * Scales low and high frequencies of the guidance apart (Huang et al. 2025, "FreSca: Scaling in Frequency Space Enhances
 * Diffusion Models").
 */
public final class FreSca implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Double> SCALE_LOW = Input.floating("scale_low").defaultTo(1.0).range(0, 10).step(0.01)
            .tooltip("Scaling factor for low-frequency components");
    private static final Input<Double> SCALE_HIGH = Input.floating("scale_high").defaultTo(1.25).range(0, 10).step(0.01)
            .tooltip("Scaling factor for high-frequency components");
    private static final Input<Integer> FREQ_CUTOFF = Input.integer("freq_cutoff").defaultTo(20).range(1, 10000).step(1)
            .tooltip("Number of frequency indices around center to consider as low-frequency");

    private static final NodeDefinition DEFINITION = node("FreSca")
            .schema()
            .displayName("FreSca")
            .category("_for_testing")
            .description("Applies frequency-dependent scaling to the guidance")
            .module("comfy_extras.nodes_fresca")
            .experimental()
            .inputs(MODEL, SCALE_LOW, SCALE_HIGH, FREQ_CUTOFF)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double low = inputs.get(SCALE_LOW);
        double high = inputs.get(SCALE_HIGH);
        int cutoff = inputs.get(FREQ_CUTOFF);
        return Outputs.of(inputs.get(MODEL).withGuidancePatch(new GuidancePatch() {
            @Override
            public GuidanceStep before(GuidanceStep step) {
                if (!step.asksUnwanted()) {
                    return step;
                }
                var guidance = FrequencyWindow.scaled(step.wanted().sub(step.unwanted()), cutoff, low, high);
                return step.with(step.unwanted().add(guidance), step.unwanted());
            }
        }));
    }
}

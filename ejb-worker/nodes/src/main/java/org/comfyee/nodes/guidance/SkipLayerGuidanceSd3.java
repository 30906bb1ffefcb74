package org.comfyee.nodes.guidance;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.SkipLayerGuidance;
import org.comfyee.diffusion.patch.SkippedLayers;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/**
 * Guidance away from what Stable Diffusion 3 makes of the picture without some of its blocks, in a part of the sampling.
 */
public final class SkipLayerGuidanceSd3 implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<String> LAYERS = Input.string("layers").defaultTo("7, 8, 9").with("multiline", false);
    private static final Input<Double> SCALE = Input.floating("scale").defaultTo(3.0).range(0.0, 10.0).step(0.1);
    private static final Input<Double> START_PERCENT = Input.floating("start_percent").defaultTo(0.01).range(0.0, 1.0).step(0.001);
    private static final Input<Double> END_PERCENT = Input.floating("end_percent").defaultTo(0.15).range(0.0, 1.0).step(0.001);

    private static final NodeDefinition DEFINITION = node("SkipLayerGuidanceSD3")
            .schema()
            .category("advanced/guidance")
            .description("Generic version of SkipLayerGuidance node that can be used on every DiT model.")
            .module("comfy_extras.nodes_sd3")
            .experimental()
            .inputs(MODEL, LAYERS, SCALE, START_PERCENT, END_PERCENT)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var layers = SkippedLayers.parse(inputs.get(LAYERS), "");
        var model = inputs.get(MODEL);
        if (layers.isEmpty()) {
            return Outputs.of(model);
        }
        return Outputs.of(model.withGuidancePatch(SkipLayerGuidance.of(
                model.sampling(), layers, inputs.get(SCALE), inputs.get(START_PERCENT), inputs.get(END_PERCENT), 0)));
    }
}

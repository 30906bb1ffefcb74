package org.comfyee.nodes.guidance;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.NetworkPatch;
import org.comfyee.diffusion.patch.SkippedLayers;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Guidance whose unwanted guess is made without some of a transformer's blocks, in a part of the sampling. */
public final class SkipLayerGuidanceDitSimple implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<String> DOUBLE_LAYERS = Input.string("double_layers").defaultTo("7, 8, 9").with("multiline", false);
    private static final Input<String> SINGLE_LAYERS = Input.string("single_layers").defaultTo("7, 8, 9").with("multiline", false);
    private static final Input<Double> START_PERCENT = Input.floating("start_percent").defaultTo(0.0).range(0.0, 1.0).step(0.001);
    private static final Input<Double> END_PERCENT = Input.floating("end_percent").defaultTo(1.0).range(0.0, 1.0).step(0.001);

    private static final NodeDefinition DEFINITION = node("SkipLayerGuidanceDiTSimple")
            .schema()
            .category("advanced/guidance")
            .description("Simple version of the SkipLayerGuidanceDiT node that only modifies the uncond pass.")
            .module("comfy_extras.nodes_slg")
            .experimental()
            .inputs(MODEL, DOUBLE_LAYERS, SINGLE_LAYERS, START_PERCENT, END_PERCENT)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var layers = SkippedLayers.parse(inputs.get(DOUBLE_LAYERS), inputs.get(SINGLE_LAYERS));
        var model = inputs.get(MODEL);
        double start = model.sampling().percentToSigma(inputs.get(START_PERCENT));
        double end = model.sampling().percentToSigma(inputs.get(END_PERCENT));
        return Outputs.of(layers.isEmpty() ? model : model.withGuidancePatch(new GuidancePatch() {
            @Override
            public List<NetworkPatch> onlyForUnwanted(float sigma) {
                return sigma >= end && sigma <= start ? List.of(layers) : List.of();
            }
        }));
    }
}

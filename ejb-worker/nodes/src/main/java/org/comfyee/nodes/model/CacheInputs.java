package org.comfyee.nodes.model;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.ModelSampling;
import org.comfyee.diffusion.patch.CacheRange;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;

/** What the nodes that leave out steps have in common. */
final class CacheInputs {
    private static final Input<Double> REUSE_THRESHOLD = Input.floating("reuse_threshold")
            .defaultTo(0.2).range(0.0, 3.0).step(0.01).tooltip("The threshold for reusing cached steps.");
    private static final Input<Double> START_PERCENT = percent("start_percent", 0.15);
    private static final Input<Double> END_PERCENT = percent("end_percent", 0.95);
    private static final Input<Boolean> VERBOSE = Input.bool("verbose").defaultTo(false).tooltip("Whether to log verbose information.");

    private CacheInputs() {}

    private static Input<Double> percent(String name, double usual) {
        return Input.floating(name).defaultTo(usual).range(0.0, 1.0).step(0.01);
    }

    static Input<DiffusionModel> model(String cache) {
        return Input.of("model", Types.MODEL).tooltip("The model to add " + cache + " to.");
    }

    static NodeDefinition definition(String cache, Input<DiffusionModel> model, String description) {
        return NodeDefinition.node(cache)
                .schema()
                .displayName(cache)
                .description(description)
                .category("advanced/debug/model")
                .module("comfy_extras.nodes_easycache")
                .experimental()
                .inputs(model, REUSE_THRESHOLD,
                        START_PERCENT.tooltip("The relative sampling step to begin use of " + cache + "."),
                        END_PERCENT.tooltip("The relative sampling step to end use of " + cache + "."), VERBOSE)
                .outputs(Output.of(Types.MODEL).tooltip("The model with " + cache + "."))
                .build();
    }

    static CacheRange range(Inputs inputs, ModelSampling sampling) {
        return CacheRange.of(inputs.get(REUSE_THRESHOLD), inputs.get(START_PERCENT), inputs.get(END_PERCENT), inputs.get(VERBOSE), sampling);
    }
}

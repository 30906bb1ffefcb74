package org.comfyee.nodes.merging;

import java.util.List;
import org.comfyee.diffusion.adapter.Merge;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.NodeDefinition;

/** The inputs that merging nodes share. */
final class Ratios {
    static final Input<DiffusionModel> MODEL1 = Input.of("model1", Types.MODEL);
    static final Input<DiffusionModel> MODEL2 = Input.of("model2", Types.MODEL);
    static final Input<TextEncoder> CLIP1 = Input.of("clip1", Types.CLIP);
    static final Input<TextEncoder> CLIP2 = Input.of("clip2", Types.CLIP);
    static final Input<Double> RATIO = ratio("ratio");
    static final Input<Double> MULTIPLIER = Input.floating("multiplier").defaultTo(1.0).range(-10.0, 10.0).step(0.01);

    private Ratios() {}

    static Input<Double> ratio(String name) {
        return Input.floating(name).defaultTo(1.0).range(0.0, 1.0).step(0.01);
    }

    /** The definition of a node that merges two models. */
    static NodeDefinition models(String name, Input<?>... inputs) {
        return merging(name).inputs(MODEL1, MODEL2).inputs(inputs).outputs(Types.MODEL).build();
    }

    /** The definition of a node that merges two text encoders. */
    static NodeDefinition encoders(String name, Input<?>... inputs) {
        return merging(name).inputs(CLIP1, CLIP2).inputs(inputs).outputs(Types.CLIP).build();
    }

    private static NodeDefinition.Builder merging(String name) {
        return NodeDefinition.node(name).module("comfy_extras.nodes_model_merging").category("advanced/model_merging");
    }

    /**
     * Merges two models block by block.
     *
     * @param ratios by the beginnings of weights' names, the longest counts; the first also for weights without any of them
     */
    static DiffusionModel merged(Inputs inputs, List<Input<Double>> ratios) {
        return Merge.of(inputs.get(MODEL1), inputs.get(MODEL2), name -> {
            var longest = ratios.getFirst();
            int length = 0;
            for (var ratio : ratios) {
                if (name.startsWith(ratio.name()) && ratio.name().length() > length) {
                    longest = ratio;
                    length = ratio.name().length();
                }
            }
            return Merge.Shares.mix(inputs.get(longest));
        });
    }
}

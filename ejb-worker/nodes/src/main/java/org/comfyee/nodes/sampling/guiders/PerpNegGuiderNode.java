package org.comfyee.nodes.sampling.guiders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.sampling.PerpNegGuider;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Guidance away from what belongs to the unwanted text only. */
public final class PerpNegGuiderNode implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Conditioning> POSITIVE = Input.of("positive", Types.CONDITIONING);
    private static final Input<Conditioning> NEGATIVE = Input.of("negative", Types.CONDITIONING);
    private static final Input<Conditioning> EMPTY_CONDITIONING = Input.of("empty_conditioning", Types.CONDITIONING);
    private static final Input<Double> CFG = Input.floating("cfg").defaultTo(8.0).range(0.0, 100.0).step(0.1).with("round", 0.01);
    private static final Input<Double> NEG_SCALE = Input.floating("neg_scale").defaultTo(1.0).range(0.0, 100.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("PerpNegGuider")
            .schema()
            .category("_for_testing")
            .module("comfy_extras.nodes_perpneg")
            .experimental()
            .inputs(MODEL, POSITIVE, NEGATIVE, EMPTY_CONDITIONING, CFG, NEG_SCALE)
            .outputs(Types.GUIDER)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(new PerpNegGuider(inputs.get(MODEL), inputs.get(POSITIVE), inputs.get(NEGATIVE), inputs.get(EMPTY_CONDITIONING),
                inputs.get(CFG), inputs.get(NEG_SCALE)));
    }
}

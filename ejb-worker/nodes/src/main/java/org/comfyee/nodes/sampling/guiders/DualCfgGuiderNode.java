package org.comfyee.nodes.sampling.guiders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.sampling.DualCfgGuider;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Guidance by two wanted texts and an unwanted one. */
public final class DualCfgGuiderNode implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<Conditioning> COND1 = Input.of("cond1", Types.CONDITIONING);
    private static final Input<Conditioning> COND2 = Input.of("cond2", Types.CONDITIONING);
    private static final Input<Conditioning> NEGATIVE = Input.of("negative", Types.CONDITIONING);
    private static final Input<Double> CFG_CONDS = Input.floating("cfg_conds").defaultTo(8.0).range(0.0, 100.0).step(0.1).with("round", 0.01);
    private static final Input<Double> CFG_COND2_NEGATIVE = Input.floating("cfg_cond2_negative").defaultTo(8.0).range(0.0, 100.0).step(0.1).with("round", 0.01);
    private static final Input<String> STYLE = Input.combo("style", List.of("regular", "nested"));

    private static final NodeDefinition DEFINITION = node("DualCFGGuider")
            .category("sampling/custom_sampling/guiders")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(MODEL, COND1, COND2, NEGATIVE, CFG_CONDS, CFG_COND2_NEGATIVE, STYLE)
            .outputs(Types.GUIDER)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(new DualCfgGuider(inputs.get(MODEL), inputs.get(COND1), inputs.get(COND2), inputs.get(NEGATIVE), inputs.get(CFG_CONDS),
                inputs.get(CFG_COND2_NEGATIVE), inputs.get(STYLE).equals("nested")));
    }
}

package org.comfyee.nodes.model;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.EasyCache;
import org.comfyee.diffusion.patch.ModelPatch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A model whose network is not run in steps that would change its output little. */
public final class EasyCacheNode implements Node {
    private static final Input<DiffusionModel> MODEL = CacheInputs.model("EasyCache");

    private static final NodeDefinition DEFINITION = CacheInputs.definition("EasyCache", MODEL,
            "Native EasyCache implementation.");

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(MODEL).with(run -> ModelPatch.Hooks.of(new EasyCache(CacheInputs.range(inputs, run.sampling())))));
    }
}

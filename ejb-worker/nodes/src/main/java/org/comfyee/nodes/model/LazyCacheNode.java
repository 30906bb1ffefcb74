package org.comfyee.nodes.model;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.LazyCache;
import org.comfyee.diffusion.patch.ModelPatch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A model that makes no guess in steps that would change it little. */
public final class LazyCacheNode implements Node {
    private static final Input<DiffusionModel> MODEL = CacheInputs.model("LazyCache");

    private static final NodeDefinition DEFINITION = CacheInputs.definition("LazyCache", MODEL,
            "A homebrew version of EasyCache - even 'easier' version of EasyCache to implement. Overall works worse than EasyCache, "
                    + "but better in some rare cases AND universal compatibility with everything in ComfyUI.");

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(MODEL).with(run -> ModelPatch.Hooks.of(new LazyCache(CacheInputs.range(inputs, run.sampling())))));
    }
}

package org.comfyee.nodes.latent.operations;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.GuidancePatch;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.nodes.LatentOperation;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A model whose guidance goes through an operation; where more than two texts guide, the guess with the wanted one does. */
public final class LatentApplyOperationCfg implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<LatentOperation> OPERATION = Input.of("operation", Types.LATENT_OPERATION);

    private static final NodeDefinition DEFINITION = node("LatentApplyOperationCFG")
            .schema()
            .category("latent/advanced/operations")
            .module("comfy_extras.nodes_latent")
            .experimental()
            .inputs(MODEL, OPERATION)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var operation = inputs.get(OPERATION);
        return Outputs.of(inputs.get(MODEL).withGuidancePatch(new GuidancePatch() {
            @Override
            public GuidanceStep before(GuidanceStep step) {
                var changed = step.pair()
                        ? operation.apply(step.wanted().sub(step.unwanted())).add(step.unwanted())
                        : operation.apply(step.wanted());
                return step.with(changed, step.unwanted());
            }
        }));
    }
}

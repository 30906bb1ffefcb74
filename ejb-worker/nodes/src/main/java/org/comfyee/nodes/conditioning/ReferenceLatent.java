package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Has models that change pictures see one more. */
public final class ReferenceLatent implements Node {
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);
    private static final Input<Latent> LATENT = Input.of("latent", Types.LATENT).optional();

    private static final NodeDefinition DEFINITION = node("ReferenceLatent")
            .module("comfy_extras.nodes_edit_model")
            .schema()
            .category("advanced/conditioning/edit_models")
            .description("This node sets the guiding latent for an edit model. If the model supports it you can chain multiple to set multiple "
                    + "reference images.")
            .inputs(CONDITIONING, LATENT)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var conditioning = inputs.get(CONDITIONING);
        return Outputs.of(inputs.find(LATENT).map(latent -> conditioning.map(entry -> {
            var references = new ArrayList<>(entry.find(Conditioning.REFERENCE_LATENTS).orElse(List.of()));
            references.add(latent.samples());
            return entry.with(Conditioning.REFERENCE_LATENTS, List.copyOf(references));
        })).orElse(conditioning));
    }
}

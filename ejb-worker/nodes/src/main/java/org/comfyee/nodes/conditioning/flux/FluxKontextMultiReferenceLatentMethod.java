package org.comfyee.nodes.conditioning.flux;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.ReferencePlacement;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Says where Flux Kontext sees pictures of reference. */
public final class FluxKontextMultiReferenceLatentMethod implements Node {
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);
    private static final Input<String> METHOD = Input.combo("reference_latents_method", List.of("offset", "index", "uxo/uno"));

    private static final NodeDefinition DEFINITION = node("FluxKontextMultiReferenceLatentMethod")
            .module("comfy_extras.nodes_flux")
            .schema()
            .category("advanced/conditioning/flux")
            .inputs(CONDITIONING, METHOD)
            .outputs(Types.CONDITIONING)
            .experimental()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var method = switch (inputs.get(METHOD)) {
            case "offset" -> ReferencePlacement.OFFSET;
            case "index" -> ReferencePlacement.INDEX;
            default -> ReferencePlacement.BEYOND;
        };
        return Outputs.of(inputs.get(CONDITIONING).map(entry -> entry.with(Conditioning.REFERENCE_METHOD, method)));
    }
}

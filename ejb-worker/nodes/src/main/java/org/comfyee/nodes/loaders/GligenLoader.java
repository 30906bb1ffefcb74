package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.gligen.Gligen;
import org.comfyee.nodes.Models;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Opens a model that puts things where they are wanted. */
public final class GligenLoader implements Node {
    private static final Input<String> GLIGEN_NAME = Input.combo("gligen_name", folders -> folders.models("gligen"));

    private static final NodeDefinition DEFINITION = node("GLIGENLoader")
            .category("loaders")
            .inputs(GLIGEN_NAME)
            .outputs(Types.GLIGEN)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        var file = context.folders().model("gligen", inputs.get(GLIGEN_NAME));
        Gligen gligen = context.service(Models.class).open("GLIGEN model", List.of(file), files -> Gligen.load(files.getFirst()));
        return Outputs.of(gligen);
    }
}

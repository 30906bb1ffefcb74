package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.control.ControlNet;
import org.comfyee.diffusion.control.ControlNetFiles;
import org.comfyee.nodes.Models;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Opens a control network. */
public final class ControlNetLoader implements Node {
    private static final Input<String> CONTROL_NET_NAME = Input.combo("control_net_name", folders -> folders.models("controlnet"));

    private static final NodeDefinition DEFINITION = node("ControlNetLoader")
            .displayName("Load ControlNet Model")
            .category("loaders")
            .inputs(CONTROL_NET_NAME)
            .outputs(Types.CONTROL_NET)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        var file = context.folders().model("controlnet", inputs.get(CONTROL_NET_NAME));
        ControlNet net = context.service(Models.class).open("control network", List.of(file), files -> ControlNetFiles.load(files.getFirst(), Optional.empty()));
        return Outputs.of(net);
    }
}

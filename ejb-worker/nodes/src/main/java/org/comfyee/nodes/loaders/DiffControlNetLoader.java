package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.diffusion.control.ControlNetFiles;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Opens a control network that is stored as differences from a diffusion model. */
public final class DiffControlNetLoader implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<String> CONTROL_NET_NAME = Input.combo("control_net_name", folders -> folders.models("controlnet"));

    private static final NodeDefinition DEFINITION = node("DiffControlNetLoader")
            .displayName("Load ControlNet Model (diff)")
            .category("loaders")
            .inputs(MODEL, CONTROL_NET_NAME)
            .outputs(Types.CONTROL_NET)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        var file = context.folders().model("controlnet", inputs.get(CONTROL_NET_NAME));
        return Outputs.of(ControlNetFiles.load(file, Optional.of(inputs.get(MODEL))));
    }
}

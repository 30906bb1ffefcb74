package org.comfyee.nodes.conditioning.control;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.control.ControlNet;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Tells a control network for several types of picture which it is given. */
public final class SetUnionControlNetType implements Node {
    private static final String AUTO = "auto";
    /** In the order of their numbers. */
    private static final List<String> NAMES = List.of("openpose", "depth", "hed/pidi/scribble/ted", "canny/lineart/anime_lineart/mlsd", "normal", "segment",
            "tile", "repaint");
    private static final Input<ControlNet> CONTROL_NET = Input.of("control_net", Types.CONTROL_NET);
    private static final Input<String> TYPE = Input.combo("type", choices());

    private static final NodeDefinition DEFINITION = node("SetUnionControlNetType")
            .module("comfy_extras.nodes_controlnet")
            .category("conditioning/controlnet")
            .inputs(CONTROL_NET, TYPE)
            .outputs(Types.CONTROL_NET)
            .build();

    private static List<String> choices() {
        var choices = new ArrayList<>(List.of(AUTO));
        choices.addAll(NAMES);
        return choices;
    }

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var type = inputs.get(TYPE);
        return Outputs.of(inputs.get(CONTROL_NET).withTypes(type.equals(AUTO) ? List.of() : List.of(NAMES.indexOf(type))));
    }
}

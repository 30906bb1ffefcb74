package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A picture of brightness and two differences of colour. */
public final class ImageYuvToRgb implements Node {
    private static final Input<Tensor> Y = Input.of("Y", Types.IMAGE);
    private static final Input<Tensor> U = Input.of("U", Types.IMAGE);
    private static final Input<Tensor> V = Input.of("V", Types.IMAGE);

    private static final NodeDefinition DEFINITION = node("ImageYUVToRGB")
            .schema()
            .category("image/batch")
            .module("comfy_extras.nodes_morphology")
            .inputs(Y, U, V)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var y = inputs.get(Y).mean(3, true);
        var u = inputs.get(U).mean(3, true).sub(0.5);
        var v = inputs.get(V).mean(3, true).sub(0.5);
        var green = y.sub(v.mul(0.714)).sub(u.mul(0.344));
        return Outputs.of(Tensor.cat(List.of(y.add(v.mul(1.403)), green, y.add(u.mul(1.773))), 3).clamp(0, 1));
    }
}

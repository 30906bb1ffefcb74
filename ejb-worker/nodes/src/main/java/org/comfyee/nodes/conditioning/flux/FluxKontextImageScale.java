package org.comfyee.nodes.conditioning.flux;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Comparator;
import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Resize;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Brings a picture to that size of those that Flux Kontext was trained at which is nearest to its proportions. */
public final class FluxKontextImageScale implements Node {
    private static final Input<Tensor> IMAGE = Input.of("image", Types.IMAGE);

    /** In pixels. */
    private record Size(int width, int height) {
        double distance(double aspect) {
            return Math.abs(aspect - (double) width / height);
        }
    }

    private static final List<Size> SIZES = List.of(new Size(672, 1568), new Size(688, 1504), new Size(720, 1456), new Size(752, 1392),
            new Size(800, 1328), new Size(832, 1248), new Size(880, 1184), new Size(944, 1104), new Size(1024, 1024), new Size(1104, 944),
            new Size(1184, 880), new Size(1248, 832), new Size(1328, 800), new Size(1392, 752), new Size(1456, 720), new Size(1504, 688),
            new Size(1568, 672));

    private static final NodeDefinition DEFINITION = node("FluxKontextImageScale")
            .module("comfy_extras.nodes_flux")
            .schema()
            .category("advanced/conditioning/flux")
            .description("This node resizes the image to one that is more optimal for flux kontext.")
            .inputs(IMAGE)
            .outputs(Types.IMAGE)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var image = inputs.get(IMAGE);
        double aspect = (double) image.size(2) / image.size(1);
        // They are in order, so that of two that are as near the smaller one is found.
        var size = SIZES.stream().min(Comparator.comparingDouble(each -> each.distance(aspect))).orElseThrow();
        return Outputs.of(Resize.resize(image.permute(0, 3, 1, 2), size.width(), size.height(), "lanczos", "center").permute(0, 2, 3, 1).contiguous());
    }
}

package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.stream.Stream;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.mask.Masks;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Pictures laid over others as Porter and Duff 1984 compose partly transparent pictures. */
public final class PorterDuffImageComposite implements Node {
    private static final Input<Tensor> SOURCE = Input.of("source", Types.IMAGE);
    private static final Input<Tensor> SOURCE_ALPHA = Input.of("source_alpha", Types.MASK);
    private static final Input<Tensor> DESTINATION = Input.of("destination", Types.IMAGE);
    private static final Input<Tensor> DESTINATION_ALPHA = Input.of("destination_alpha", Types.MASK);
    private static final Input<String> MODE = Input.combo("mode", PorterDuff.NAMES).defaultTo("DST");

    private static final NodeDefinition DEFINITION = node("PorterDuffImageComposite")
            .schema()
            .displayName("Porter-Duff Image Composite")
            .category("mask/compositing")
            .module("comfy_extras.nodes_compositing")
            .inputs(SOURCE, SOURCE_ALPHA, DESTINATION, DESTINATION_ALPHA, MODE)
            .outputs(Types.IMAGE, Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var destination = inputs.get(DESTINATION);
        var source = inputs.get(SOURCE);
        if (source.size(3) != destination.size(3)) {
            throw new IllegalArgumentException("the source has " + source.size(3) + " channels, expected " + destination.size(3)
                    + " as the destination has");
        }
        var sourceAlpha = Masks.batch(inputs.get(SOURCE_ALPHA));
        var destinationAlpha = Masks.batch(inputs.get(DESTINATION_ALPHA));
        long items = Stream.of(source, sourceAlpha, destination, destinationAlpha).mapToLong(each -> each.size(0)).min().orElseThrow();
        var under = destination.narrow(0, 0, items).permute(0, 3, 1, 2);
        var over = fitted(source.narrow(0, 0, items).permute(0, 3, 1, 2), under);
        var result = PorterDuff.valueOf(inputs.get(MODE)).compose(
                over, Masks.inverted(fitted(sourceAlpha.narrow(0, 0, items).unsqueeze(1), under)),
                under, Masks.inverted(fitted(destinationAlpha.narrow(0, 0, items).unsqueeze(1), under)));
        return Outputs.of(result.colour().permute(0, 2, 3, 1).contiguous(), Masks.inverted(result.alpha()).squeeze(1));
    }

    private static Tensor fitted(Tensor x, Tensor like) {
        return x.size(2) == like.size(2) && x.size(3) == like.size(3)
                ? x
                : Resize.resize(x, (int) like.size(3), (int) like.size(2), "bicubic", "center");
    }
}

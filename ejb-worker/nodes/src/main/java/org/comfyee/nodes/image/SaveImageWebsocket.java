package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;
import org.comfyee.workflow.node.Preview;

/** Sends pictures over the websocket, whole and as PNG in frames like those of previews, and keeps no file of them. */
public final class SaveImageWebsocket implements Node {
    private static final int COMPRESSION = 1;

    private static final Input<Tensor> IMAGES = Input.of("images", Types.IMAGE);

    private static final NodeDefinition DEFINITION = node("SaveImageWebsocket")
            .module("custom_nodes.websocket_image_save")
            .category("api/image")
            .inputs(IMAGES)
            .outputNode()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    /** Who asks for the same pictures again is to be sent them again. */
    @Override
    public Object fingerprint(Inputs constants, Folders folders) {
        return Double.NaN;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var images = inputs.get(IMAGES);
        int count = (int) images.size(0);
        for (int i = 0; i < count; i++) {
            context.progress(i, count, Optional.of(new Preview("image/png", Pictures.png(Pictures.of(images.select(0, i)), COMPRESSION))));
        }
        return Outputs.of();
    }
}

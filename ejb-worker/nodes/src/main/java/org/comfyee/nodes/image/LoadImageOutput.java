package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.comfyee.nodes.InputFile;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Reads a picture that was made before. Clients ask the server for the choices, so the definition has none. */
public final class LoadImageOutput implements Node {
    private static final Input<String> IMAGE = Input.of("image", new DataType<>("COMBO", String.class))
            .with("image_upload", true)
            .with("image_folder", "output")
            .with("remote", Map.of("route", "/internal/files/output", "refresh_button", true, "control_after_refresh", "first"));

    private static final NodeDefinition DEFINITION = node("LoadImageOutput")
            .displayName("Load Image (from Outputs)")
            .category("image")
            .description("Load an image from the output folder. When the refresh button is clicked, the node will update the image "
                    + "list and automatically select the first image, allowing for easy iteration.")
            .experimental()
            .inputs(IMAGE)
            .outputs(Types.IMAGE, Types.MASK)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Set<String> validatedInputs() {
        return Set.of(IMAGE.name());
    }

    @Override
    public Optional<String> validate(Inputs constants, Folders folders) {
        return constants.find(IMAGE).flatMap(name -> InputFile.missing("image", name, folders));
    }

    @Override
    public Object fingerprint(Inputs constants, Folders folders) throws Exception {
        return InputFile.hash(constants.get(IMAGE), folders);
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        return LoadImage.read(inputs.get(IMAGE), context);
    }
}

package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.files.PathEscapeException;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Reads a picture of the input directory. */
public final class LoadImage implements Node {
    private static final Input<String> IMAGE = Input.combo("image", folders -> folders.inputFiles("image")).with("image_upload", true);

    private static final NodeDefinition DEFINITION = node("LoadImage")
            .displayName("Load Image")
            .category("image")
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
        return constants.find(IMAGE).filter(name -> !exists(name, folders)).map(name -> "Invalid image file: " + name);
    }

    private static boolean exists(String name, Folders folders) {
        try {
            return Files.isRegularFile(folders.annotated(name, Directory.INPUT));
        } catch (PathEscapeException e) {
            return false;
        }
    }

    @Override
    public Object fingerprint(Inputs constants, Folders folders) throws Exception {
        var content = Files.readAllBytes(folders.annotated(constants.get(IMAGE), Directory.INPUT));
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        var frames = PictureReader.read(context.folders().annotated(inputs.get(IMAGE), Directory.INPUT));
        return Outputs.of(frames.pictures(), frames.mask());
    }
}

package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.comfyee.nodes.InputFile;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.reading.PictureReader;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Folders;
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
        return constants.find(IMAGE).flatMap(name -> InputFile.missing("image", name, folders));
    }

    @Override
    public Object fingerprint(Inputs constants, Folders folders) throws Exception {
        return InputFile.hash(constants.get(IMAGE), folders);
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        return read(inputs.get(IMAGE), context);
    }

    /** Pictures and their mask. */
    static Outputs read(String name, NodeContext context) throws IOException {
        Torch.loadConfigured();
        var frames = PictureReader.read(context.folders().annotated(name, Directory.INPUT));
        return Outputs.of(frames.pictures(), frames.mask());
    }
}

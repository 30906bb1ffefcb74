package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
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

/** Reads one channel of a picture of the input directory as a mask. */
public final class LoadImageMask implements Node {
    private static final Input<String> IMAGE = Input.combo("image", folders -> folders.inputFiles("image")).with("image_upload", true);
    private static final Input<String> CHANNEL = Input.combo("channel", List.of("alpha", "red", "green", "blue"));

    private static final NodeDefinition DEFINITION = node("LoadImageMask")
            .displayName("Load Image (as Mask)")
            .category("mask")
            .inputs(IMAGE, CHANNEL)
            .outputs(Types.MASK)
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
        Torch.loadConfigured();
        var picture = PictureReader.first(context.folders().annotated(inputs.get(IMAGE), Directory.INPUT));
        int channel = List.of("red", "green", "blue").indexOf(inputs.get(CHANNEL));
        return Outputs.of(channel < 0 ? picture.mask() : picture.pictures().select(3, channel));
    }
}

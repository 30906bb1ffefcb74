package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.comfyee.nodes.InputFile;
import org.comfyee.nodes.Types;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
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
        var frames = PictureReader.read(context.folders().annotated(inputs.get(IMAGE), Directory.INPUT));
        int channel = List.of("red", "green", "blue").indexOf(inputs.get(CHANNEL));
        return Outputs.of(channel < 0 ? transparency(frames) : frames.pictures().narrow(0, 0, 1).select(3, channel));
    }

    /** Of the first frame, at its size even if it is opaque. */
    private static Tensor transparency(PictureReader.Frames frames) {
        var picture = frames.pictures();
        var mask = frames.mask();
        boolean opaque = mask.size(1) != picture.size(1) || mask.size(2) != picture.size(2);
        return opaque ? Tensor.zeros(ScalarType.FLOAT32, 1, picture.size(1), picture.size(2)) : mask.narrow(0, 0, 1);
    }
}

package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Objects;
import java.util.SplittableRandom;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.node.Hidden;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Shows pictures without keeping them. */
public final class PreviewImage implements Node {
    private static final int COMPRESSION = 1;
    private static final int RANDOM_LETTERS = 5;

    private static final Input<Tensor> IMAGES = Input.of("images", Types.IMAGE);

    private static final NodeDefinition DEFINITION = node("PreviewImage")
            .displayName("Preview Image")
            .category("image")
            .description("Saves the input images to your ComfyUI output directory.")
            .inputs(IMAGES)
            .hidden(Hidden.PROMPT, Hidden.EXTRA_PNGINFO)
            .outputNode()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        return show(inputs.get(IMAGES), COMPRESSION, context);
    }

    /** Saves pictures as temporary files and shows them. */
    public static Outputs show(Tensor images, int compression, NodeContext context) throws Exception {
        // A fresh name in each prompt keeps browsers from showing an older picture; all that a node shows there has the same.
        var letters = new SplittableRandom(Objects.hash(context.promptId(), context.nodeId())).ints(RANDOM_LETTERS, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
        return SaveImage.save(images, Directory.TEMP, "ComfyUI_temp_" + letters, compression, context);
    }
}

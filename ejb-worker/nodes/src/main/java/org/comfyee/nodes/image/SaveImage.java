package org.comfyee.nodes.image;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.comfyee.nodes.Preferences;
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

/** Writes pictures as PNG files that carry their workflow. */
public final class SaveImage implements Node {
    private static final int COMPRESSION = 4;

    private static final Input<Tensor> IMAGES = Input.of("images", Types.IMAGE).tooltip("The images to save.");
    private static final Input<String> FILENAME_PREFIX = Input.string("filename_prefix").defaultTo("ComfyUI")
            .tooltip("The prefix for the file to save. This may include formatting information such as %date:yyyy-MM-dd% or "
                    + "%Empty Latent Image.width% to include values from nodes.");

    private static final NodeDefinition DEFINITION = node("SaveImage")
            .displayName("Save Image")
            .category("image")
            .description("Saves the input images to your ComfyUI output directory.")
            .inputs(IMAGES, FILENAME_PREFIX)
            .hidden(Hidden.PROMPT, Hidden.EXTRA_PNGINFO)
            .outputNode()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        return save(inputs.get(IMAGES), Directory.OUTPUT, inputs.get(FILENAME_PREFIX), COMPRESSION, context);
    }

    /** Saves each picture of a batch and shows the files. */
    static Outputs save(Tensor images, Directory directory, String prefix, int compression, NodeContext context) throws Exception {
        // Names of temporary pictures are new each time.
        var saver = directory == Directory.TEMP
                ? Saver.fresh(context.folders(), directory, prefix)
                : Saver.in(context.folders(), directory, prefix, images.size(2), images.size(1));
        var texts = context.service(Preferences.class).metadata() ? Saver.metadata(context) : Map.<String, String>of();
        var saved = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < images.size(0); i++) {
            var picture = Pictures.of(images.select(0, i));
            saved.add(saver.save(i, "png", path -> Pictures.writePng(path, picture, compression, texts)));
        }
        return Outputs.ui(Map.of("images", List.copyOf(saved)));
    }
}

package org.comfyee.nodes.merging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.comfyee.nodes.Preferences;
import org.comfyee.nodes.image.Saver;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.node.Hidden;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;

/** Files that saving nodes write. */
final class SavedModels {
    private static final String EXTENSION = "safetensors";

    private SavedModels() {}

    static NodeDefinition definition(String name, String displayName, Input<?>... inputs) {
        return NodeDefinition.node(name)
                .displayName(displayName)
                .module("comfy_extras.nodes_model_merging")
                .category("advanced/model_merging")
                .inputs(inputs)
                .hidden(Hidden.PROMPT, Hidden.EXTRA_PNGINFO)
                .outputNode()
                .build();
    }

    static Input<String> prefix(String prefix) {
        return Input.string("filename_prefix").defaultTo(prefix);
    }

    /** Writes a file with the next free number. */
    static void save(NodeContext context, String prefix, Saver.Writer writer) throws IOException {
        Saver.in(context.folders(), Directory.OUTPUT, prefix, 0, 0).save(0, EXTENSION, writer);
    }

    /** The workflow, unless the operator does not want it in files. */
    static Map<String, String> metadata(NodeContext context) {
        return context.service(Preferences.class).metadata() ? Saver.metadata(context) : Map.of();
    }

    /** The file's name with its number, without the underscores and zeros between. */
    static String title(Path path) {
        return path.getFileName().toString().replaceFirst("_0*(\\d+)_\\.[^.]*$", " $1");
    }
}

package org.comfyee.nodes.merging;

import java.util.LinkedHashMap;
import org.comfyee.diffusion.checkpoint.CheckpointWriter;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Writes each part of a text encoder to a file of its own. */
public final class ClipSave implements Node {
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP);
    private static final Input<String> FILENAME_PREFIX = SavedModels.prefix("clip/ComfyUI");

    private static final NodeDefinition DEFINITION = SavedModels.definition("CLIPSave", "CLIPSave", CLIP, FILENAME_PREFIX);

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        var metadata = new LinkedHashMap<>(SavedModels.metadata(context));
        if (!metadata.isEmpty()) {
            metadata.put("format", "pt");
        }
        var encoder = inputs.get(CLIP);
        for (var part : encoder.parts().keySet()) {
            SavedModels.save(context, inputs.get(FILENAME_PREFIX) + "_" + part.file(), path -> CheckpointWriter.write(path, encoder, part, metadata));
        }
        return Outputs.of();
    }
}

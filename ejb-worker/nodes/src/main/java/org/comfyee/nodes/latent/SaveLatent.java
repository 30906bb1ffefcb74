package org.comfyee.nodes.latent;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Preferences;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Saver;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.safetensors.SafetensorsWriter;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.node.Hidden;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Writes latents to a safetensors file. */
public final class SaveLatent implements Node {
    private static final Input<Latent> SAMPLES = Input.of("samples", Types.LATENT);
    private static final Input<String> FILENAME_PREFIX = Input.string("filename_prefix").defaultTo("latents/ComfyUI");

    private static final NodeDefinition DEFINITION = node("SaveLatent")
            .category("_for_testing")
            .inputs(SAMPLES, FILENAME_PREFIX)
            .hidden(Hidden.PROMPT, Hidden.EXTRA_PNGINFO)
            .outputNode()
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        var saver = Saver.in(context.folders(), Directory.OUTPUT, inputs.get(FILENAME_PREFIX), 0, 0);
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("latent_tensor", inputs.get(SAMPLES).samples().contiguous());
        // An empty tensor of this name says that the latents are not scaled.
        tensors.put("latent_format_version_0", Tensor.empty(ScalarType.FLOAT32, 0));
        var metadata = context.service(Preferences.class).metadata() ? Saver.metadata(context) : Map.<String, String>of();
        var saved = saver.save(0, "latent", path -> SafetensorsWriter.write(path, tensors, metadata));
        return Outputs.ui(Map.of("latents", List.of(saved)));
    }
}

package org.comfyee.nodes.loaders;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.DiffusionModelLoader;
import org.comfyee.nodes.Models;
import org.comfyee.nodes.Types;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Opens a diffusion model that lies in a file of its own. */
public final class UnetLoader implements Node {
    private static final Input<String> UNET_NAME = Input.combo("unet_name", folders -> folders.models("diffusion_models"));
    private static final Input<String> WEIGHT_DTYPE = Input.combo("weight_dtype", List.of("default", "fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2"));

    private static final NodeDefinition DEFINITION = node("UNETLoader")
            .displayName("Load Diffusion Model")
            .category("advanced/loaders")
            .inputs(UNET_NAME, WEIGHT_DTYPE)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) throws Exception {
        Torch.loadConfigured();
        Optional<ScalarType> precision = switch (inputs.get(WEIGHT_DTYPE)) {
            case "fp8_e4m3fn", "fp8_e4m3fn_fast" -> Optional.of(ScalarType.FLOAT8_E4M3FN);
            case "fp8_e5m2" -> Optional.of(ScalarType.FLOAT8_E5M2);
            default -> Optional.empty();
        };
        var file = context.folders().model("diffusion_models", inputs.get(UNET_NAME));
        var model = context.service(Models.class).open("diffusion model " + precision, List.of(file),
                files -> DiffusionModelLoader.load(files.getFirst(), precision));
        return Outputs.of(model);
    }
}

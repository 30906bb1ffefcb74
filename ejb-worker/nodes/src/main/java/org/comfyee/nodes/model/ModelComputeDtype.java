package org.comfyee.nodes.model;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.nodes.Types;
import org.comfyee.torch.ScalarType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A model that computes with another type of numbers. */
public final class ModelComputeDtype implements Node {
    private static final Input<DiffusionModel> MODEL = Input.of("model", Types.MODEL);
    private static final Input<String> DTYPE = Input.combo("dtype", List.of("default", "fp32", "fp16", "bf16"));

    private static final NodeDefinition DEFINITION = node("ModelComputeDtype")
            .category("advanced/debug/model")
            .module("comfy_extras.nodes_model_advanced")
            .inputs(MODEL, DTYPE)
            .outputs(Types.MODEL)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of(inputs.get(MODEL).computing(switch (inputs.get(DTYPE)) {
            case "fp32" -> Optional.of(ScalarType.FLOAT32);
            case "fp16" -> Optional.of(ScalarType.FLOAT16);
            case "bf16" -> Optional.of(ScalarType.BFLOAT16);
            default -> Optional.empty();
        }));
    }
}

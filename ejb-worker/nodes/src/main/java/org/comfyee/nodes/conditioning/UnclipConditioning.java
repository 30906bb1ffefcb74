package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.GuidingPictures;
import org.comfyee.diffusion.vision.ClipVisionOutput;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Lets pictures guide beside a text. */
public final class UnclipConditioning implements Node {
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);
    private static final Input<ClipVisionOutput> CLIP_VISION_OUTPUT = Input.of("clip_vision_output", Types.CLIP_VISION_OUTPUT);
    private static final Input<Double> STRENGTH = Input.floating("strength").defaultTo(1.0).range(-10.0, 10.0).step(0.01);
    private static final Input<Double> NOISE_AUGMENTATION = Input.floating("noise_augmentation").defaultTo(0.0).range(0.0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("unCLIPConditioning")
            .category("conditioning")
            .inputs(CONDITIONING, CLIP_VISION_OUTPUT, STRENGTH, NOISE_AUGMENTATION)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        double strength = inputs.get(STRENGTH);
        if (strength == 0) {
            return Outputs.of(inputs.get(CONDITIONING));
        }
        var added = new GuidingPictures(inputs.get(CLIP_VISION_OUTPUT).embeds(), strength, inputs.get(NOISE_AUGMENTATION));
        return Outputs.of(inputs.get(CONDITIONING).map(entry -> {
            var pictures = new ArrayList<>(entry.find(Conditioning.PICTURES).orElse(List.of()));
            pictures.add(added);
            return entry.with(Conditioning.PICTURES, List.copyOf(pictures));
        }));
    }
}

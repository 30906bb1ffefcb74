package org.comfyee.nodes.sampling.sigmas;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Further sigmas between those of a range. */
public final class ExtendIntermediateSigmas implements Node {
    private static final Input<float[]> SIGMAS = Input.of("sigmas", Types.SIGMAS);
    private static final Input<Integer> STEPS = Input.integer("steps").defaultTo(2).range(1, 100);
    private static final Input<Double> START_AT_SIGMA = Input.floating("start_at_sigma").defaultTo(-1.0).range(-1.0, 20000.0).step(0.01).with("round", false);
    private static final Input<Double> END_AT_SIGMA = Input.floating("end_at_sigma").defaultTo(12.0).range(0.0, 20000.0).step(0.01).with("round", false);
    private static final Input<String> SPACING = Input.combo("spacing", List.of("linear", "cosine", "sine"));

    private static final NodeDefinition DEFINITION = node("ExtendIntermediateSigmas")
            .category("sampling/custom_sampling/sigmas")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(SIGMAS, STEPS, START_AT_SIGMA, END_AT_SIGMA, SPACING)
            .outputs(Types.SIGMAS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var sigmas = inputs.get(SIGMAS);
        float start = inputs.get(START_AT_SIGMA) < 0 ? Float.POSITIVE_INFINITY : inputs.get(START_AT_SIGMA).floatValue();
        float end = inputs.get(END_AT_SIGMA).floatValue();
        var extended = new ArrayList<Float>();
        for (int i = 0; i < sigmas.length; i++) {
            extended.add(sigmas[i]);
            if (i + 1 < sigmas.length && end <= sigmas[i] && sigmas[i] <= start) {
                for (int k = 1; k < inputs.get(STEPS); k++) {
                    double share = spaced((double) k / inputs.get(STEPS), inputs.get(SPACING));
                    extended.add((float) (sigmas[i] + share * (sigmas[i + 1] - sigmas[i])));
                }
            }
        }
        var result = new float[extended.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = extended.get(i);
        }
        return Outputs.of((Object) result);
    }

    private static double spaced(double share, String spacing) {
        return switch (spacing) {
            case "cosine" -> Math.sin(share * Math.PI / 2);
            case "sine" -> 1 - Math.cos(share * Math.PI / 2);
            default -> share;
        };
    }
}

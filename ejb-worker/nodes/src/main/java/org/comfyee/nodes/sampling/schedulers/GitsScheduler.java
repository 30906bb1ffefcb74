package org.comfyee.nodes.sampling.schedulers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/**
 * Sigmas that follow how much the way from noise to picture bends (Chen et al. 2024, "On the Trajectory Regularity of ODE-based
 * Diffusion Sampling").
 */
public final class GitsScheduler implements Node {
    /** By coefficient the sigmas for numbers of steps from 2 to 20: one more than steps. Few are not known. */
    private static final Map<String, List<double[]>> TABLES = SigmaTables.read("gits.txt");
    private static final int FEWEST_STEPS = 2;
    /** More are put between these. */
    private static final int MOST_KNOWN_STEPS = 20;

    private static final Input<Double> COEFF = Input.floating("coeff").defaultTo(1.20).range(0.80, 1.50).step(0.05);
    private static final Input<Integer> STEPS = Input.integer("steps").defaultTo(10).range(FEWEST_STEPS, 1000);
    private static final Input<Double> DENOISE = Input.floating("denoise").defaultTo(1.0).range(0.0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("GITSScheduler")
            .schema()
            .category("sampling/custom_sampling/schedulers")
            .module("comfy_extras.nodes_gits")
            .inputs(COEFF, STEPS, DENOISE)
            .outputs(Types.SIGMAS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        int steps = inputs.get(STEPS);
        var tables = TABLES.get(String.format(Locale.ROOT, "%.2f", inputs.get(COEFF)));
        if (tables == null) {
            throw new IllegalArgumentException("coeff is " + inputs.get(COEFF) + ", expected 0.8, 0.85, 0.9, ... or 1.5");
        }
        int known = Math.min(steps, MOST_KNOWN_STEPS);
        var table = tables.stream().filter(sigmas -> sigmas.length == known + 1).findFirst().orElseThrow(() -> new IllegalArgumentException(
                "no sigmas are known for coeff " + inputs.get(COEFF) + " with " + steps + " steps; choose another number of either"));
        return Outputs.of((Object) SigmaTables.fitted(table, steps, inputs.get(DENOISE)));
    }
}

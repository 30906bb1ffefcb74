package org.comfyee.nodes.sampling.schedulers;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Map;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Sigmas that were optimised for a model (Sabour et al. 2024, "Align Your Steps"). */
public final class AlignYourStepsScheduler implements Node {
    private static final Map<String, double[]> TABLES = Map.of(
            "SD1", new double[] {14.6146412293, 6.4745760956, 3.8636745985, 2.6946151520, 1.8841921177, 1.3943805092, 0.9642583904,
                0.6523686016, 0.3977456272, 0.1515232662, 0.0291671582},
            "SDXL", new double[] {14.6146412293, 6.3184485287, 3.7681790315, 2.1811480769, 1.3405244945, 0.8620721141, 0.5550693289,
                0.3798540708, 0.2332364134, 0.1114188177, 0.0291671582},
            "SVD", new double[] {700, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002});

    private static final Input<String> MODEL_TYPE = Input.combo("model_type", List.of("SD1", "SDXL", "SVD"));
    private static final Input<Integer> STEPS = Input.integer("steps").defaultTo(10).range(1, 10000);
    private static final Input<Double> DENOISE = Input.floating("denoise").defaultTo(1.0).range(0.0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("AlignYourStepsScheduler")
            .schema()
            .category("sampling/custom_sampling/schedulers")
            .module("comfy_extras.nodes_align_your_steps")
            .inputs(MODEL_TYPE, STEPS, DENOISE)
            .outputs(Types.SIGMAS)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        return Outputs.of((Object) SigmaTables.fitted(TABLES.get(inputs.get(MODEL_TYPE)), inputs.get(STEPS), inputs.get(DENOISE)));
    }
}

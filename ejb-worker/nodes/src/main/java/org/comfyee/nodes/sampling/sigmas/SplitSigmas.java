package org.comfyee.nodes.sampling.sigmas;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Arrays;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;

/** The sigmas before and after a step. */
public final class SplitSigmas implements Node {
    private static final Input<float[]> SIGMAS = Input.of("sigmas", Types.SIGMAS);
    private static final Input<Integer> STEP = Input.integer("step").defaultTo(0).range(0, 10000);

    private static final NodeDefinition DEFINITION = node("SplitSigmas")
            .category("sampling/custom_sampling/sigmas")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(SIGMAS, STEP)
            .outputs(Output.of(Types.SIGMAS).named("high_sigmas"), Output.of(Types.SIGMAS).named("low_sigmas"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var sigmas = inputs.get(SIGMAS);
        int step = inputs.get(STEP);
        return Outputs.of(Arrays.copyOf(sigmas, Math.min(step + 1, sigmas.length)), Arrays.copyOfRange(sigmas, Math.min(step, sigmas.length), sigmas.length));
    }
}

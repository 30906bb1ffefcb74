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

/** The last share of the steps, and those before. */
public final class SplitSigmasDenoise implements Node {
    private static final Input<float[]> SIGMAS = Input.of("sigmas", Types.SIGMAS);
    private static final Input<Double> DENOISE = Input.floating("denoise").defaultTo(1.0).range(0.0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("SplitSigmasDenoise")
            .category("sampling/custom_sampling/sigmas")
            .module("comfy_extras.nodes_custom_sampler")
            .inputs(SIGMAS, DENOISE)
            .outputs(Output.of(Types.SIGMAS).named("high_sigmas"), Output.of(Types.SIGMAS).named("low_sigmas"))
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var sigmas = inputs.get(SIGMAS);
        int last = (int) Math.rint(Math.max(sigmas.length - 1, 0) * inputs.get(DENOISE));
        var high = last == 0 ? new float[0] : Arrays.copyOf(sigmas, Math.max(0, sigmas.length - last));
        return Outputs.of(high, Arrays.copyOfRange(sigmas, Math.max(0, sigmas.length - last - 1), sigmas.length));
    }
}

package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Types;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A mix of two texts. */
public final class ConditioningAverage implements Node {
    private static final Input<Conditioning> CONDITIONING_TO = Input.of("conditioning_to", Types.CONDITIONING);
    private static final Input<Conditioning> CONDITIONING_FROM = Input.of("conditioning_from", Types.CONDITIONING);
    private static final Input<Double> CONDITIONING_TO_STRENGTH = Input.floating("conditioning_to_strength").defaultTo(1.0).range(0.0, 1.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("ConditioningAverage")
            .category("conditioning")
            .inputs(CONDITIONING_TO, CONDITIONING_FROM, CONDITIONING_TO_STRENGTH)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var from = first(inputs.get(CONDITIONING_FROM));
        double share = inputs.get(CONDITIONING_TO_STRENGTH);
        return Outputs.of(inputs.get(CONDITIONING_TO).map(to -> mixed(to, from, share)));
    }

    private static Conditioning.Entry first(Conditioning conditioning) {
        if (conditioning.entries().isEmpty()) {
            throw new IllegalArgumentException("conditioning_from is empty, expected at least one text");
        }
        return conditioning.entries().getFirst();
    }

    private static Conditioning.Entry mixed(Conditioning.Entry to, Conditioning.Entry from, double share) {
        long tokens = to.text().size(1);
        var other = from.text().narrow(1, 0, Math.min(tokens, from.text().size(1)));
        var filled = other.pad("constant", 0, 0, 0, 0, tokens - other.size(1));
        var pooled = pooled(to.find(Conditioning.POOLED), from.find(Conditioning.POOLED), share);
        var entry = to.withText(mixed(to.text(), filled, share));
        return pooled.map(each -> entry.with(Conditioning.POOLED, each)).orElse(entry);
    }

    private static Optional<Tensor> pooled(Optional<Tensor> to, Optional<Tensor> from, double share) {
        return from.map(other -> mixed(to.orElse(other), other, share)).or(() -> to);
    }

    private static Tensor mixed(Tensor to, Tensor from, double share) {
        return to.mul(share).add(from.mul(1 - share));
    }
}

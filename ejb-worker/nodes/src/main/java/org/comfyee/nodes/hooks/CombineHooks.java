package org.comfyee.nodes.hooks;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.comfyee.diffusion.hook.Hooks;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.NodeFamily;
import org.comfyee.workflow.node.Outputs;

/** For several numbers of hooks a node that lets them count together. */
public final class CombineHooks implements NodeFamily {

    /** @param hooks the inputs, in their order */
    private record Combination(NodeDefinition definition, List<Input<Hooks>> hooks) implements Node {
        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            return Outputs.of(hooks.stream().map(input -> HookNodes.hooks(inputs, input)).reduce(Hooks.NONE, Hooks::and));
        }
    }

    @Override
    public Collection<Node> nodes() {
        return List.of(combination(2), combination(4), combination(8));
    }

    private static Node combination(int count) {
        var hooks = IntStream.range(0, count).mapToObj(i -> Input.of("hooks_" + (char) ('A' + i), Types.HOOKS).optional()).toList();
        var definition = HookNodes.definition("CombineHooks" + count, "Combine Hooks [" + count + "]", "/combine")
                .inputs(hooks.toArray(Input<?>[]::new))
                .outputs(Types.HOOKS)
                .build();
        return new Combination(definition, hooks);
    }
}

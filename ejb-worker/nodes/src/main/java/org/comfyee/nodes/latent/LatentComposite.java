package org.comfyee.nodes.latent;

import static org.comfyee.nodes.Latent.SCALE;
import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.Optional;
import org.comfyee.diffusion.tiles.EdgeRamp;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.nodes.image.Compositing;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Latents laid over others, with edges that fade. */
public final class LatentComposite implements Node {
    private static final Input<Latent> SAMPLES_TO = Input.of("samples_to", Types.LATENT);
    private static final Input<Latent> SAMPLES_FROM = Input.of("samples_from", Types.LATENT);
    private static final Input<Integer> X = Input.integer("x").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> Y = Input.integer("y").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> FEATHER = Input.integer("feather").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);

    private static final NodeDefinition DEFINITION = node("LatentComposite")
            .displayName("Latent Composite")
            .category("latent")
            .inputs(SAMPLES_TO, SAMPLES_FROM, X, Y, FEATHER)
            .outputs(Types.LATENT)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var destination = inputs.get(SAMPLES_TO);
        var to = destination.samples();
        int x = inputs.get(X) / SCALE;
        int y = inputs.get(Y) / SCALE;
        int feather = inputs.get(FEATHER) / SCALE;
        var from = inputs.get(SAMPLES_FROM).samples();
        from = from.narrow(2, 0, Math.clamp(to.size(2) - y, 0, from.size(2))).narrow(3, 0, Math.clamp(to.size(3) - x, 0, from.size(3)));
        if (from.numel() == 0) {
            return Outputs.of(destination);
        }
        // Edges that meet the edge of the destination do not fade.
        var rows = EdgeRamp.along(from.size(2), y > 0 ? feather : 0, y + from.size(2) < to.size(2) ? feather : 0);
        var columns = EdgeRamp.along(from.size(3), x > 0 ? feather : 0, x + from.size(3) < to.size(3) ? feather : 0);
        var mask = columns.reshape(1, -1).mul(rows.reshape(-1, 1));
        return Outputs.of(destination.withSamples(Compositing.over(to, from, x, y, false, Optional.of(mask))));
    }
}

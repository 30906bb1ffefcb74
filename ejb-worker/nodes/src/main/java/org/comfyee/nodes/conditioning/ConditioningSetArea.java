package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import org.comfyee.diffusion.model.Area;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A text for a rectangle of the picture, in pixels. */
public final class ConditioningSetArea implements Node {
    private static final int SCALE = 8;

    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(64).range(64, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(64).range(64, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> X = Input.integer("x").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> Y = Input.integer("y").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Double> STRENGTH = Input.floating("strength").defaultTo(1.0).range(0.0, 10.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("ConditioningSetArea")
            .displayName("Conditioning (Set Area)")
            .category("conditioning")
            .inputs(CONDITIONING, WIDTH, HEIGHT, X, Y, STRENGTH)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var area = new Area.Cells(inputs.get(HEIGHT) / SCALE, inputs.get(WIDTH) / SCALE, inputs.get(Y) / SCALE, inputs.get(X) / SCALE);
        return Outputs.of(inputs.get(CONDITIONING).map(entry -> entry.with(Conditioning.AREA, area)
                .with(Conditioning.STRENGTH, inputs.get(STRENGTH)).with(Conditioning.AREA_TO_BOUNDS, false)));
    }
}

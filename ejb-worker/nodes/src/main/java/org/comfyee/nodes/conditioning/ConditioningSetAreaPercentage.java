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

/** A text for a rectangle of the picture, in shares of its sides. */
public final class ConditioningSetAreaPercentage implements Node {
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);
    private static final Input<Double> WIDTH = Input.floating("width").defaultTo(1.0).range(0, 1.0).step(0.01);
    private static final Input<Double> HEIGHT = Input.floating("height").defaultTo(1.0).range(0, 1.0).step(0.01);
    private static final Input<Double> X = Input.floating("x").defaultTo(0).range(0, 1.0).step(0.01);
    private static final Input<Double> Y = Input.floating("y").defaultTo(0).range(0, 1.0).step(0.01);
    private static final Input<Double> STRENGTH = Input.floating("strength").defaultTo(1.0).range(0.0, 10.0).step(0.01);

    private static final NodeDefinition DEFINITION = node("ConditioningSetAreaPercentage")
            .displayName("Conditioning (Set Area with Percentage)")
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
        var area = new Area.Share(inputs.get(HEIGHT), inputs.get(WIDTH), inputs.get(Y), inputs.get(X));
        return Outputs.of(inputs.get(CONDITIONING).map(entry -> entry.with(Conditioning.AREA, area)
                .with(Conditioning.STRENGTH, inputs.get(STRENGTH)).with(Conditioning.AREA_TO_BOUNDS, false)));
    }
}

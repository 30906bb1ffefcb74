package org.comfyee.nodes.conditioning.gligen;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import org.comfyee.diffusion.gligen.Gligen;
import org.comfyee.diffusion.gligen.Grounding;
import org.comfyee.diffusion.model.Area;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.nodes.Latent;
import org.comfyee.nodes.Types;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** A conditioning with a thing in a certain place. */
public final class GligenTextBoxApply implements Node {
    private static final Input<Conditioning> CONDITIONING_TO = Input.of("conditioning_to", Types.CONDITIONING);
    private static final Input<TextEncoder> CLIP = Input.of("clip", Types.CLIP);
    private static final Input<Gligen> GLIGEN_TEXTBOX_MODEL = Input.of("gligen_textbox_model", Types.GLIGEN);
    private static final Input<String> TEXT = Input.string("text").with("dynamicPrompts", true).with("multiline", true);
    private static final Input<Integer> WIDTH = Input.integer("width").defaultTo(64).range(8, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> HEIGHT = Input.integer("height").defaultTo(64).range(8, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> X = Input.integer("x").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);
    private static final Input<Integer> Y = Input.integer("y").defaultTo(0).range(0, Types.MAX_RESOLUTION).step(8);

    private static final NodeDefinition DEFINITION = node("GLIGENTextBoxApply")
            .category("conditioning/gligen")
            .inputs(CONDITIONING_TO, CLIP, GLIGEN_TEXTBOX_MODEL, TEXT, WIDTH, HEIGHT, X, Y)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var model = inputs.get(GLIGEN_TEXTBOX_MODEL);
        var text = inputs.get(CLIP).unprojected().encode(inputs.get(TEXT)).pooled();
        var place = new Area.Cells(inputs.get(HEIGHT) / Latent.SCALE, inputs.get(WIDTH) / Latent.SCALE,
                inputs.get(Y) / Latent.SCALE, inputs.get(X) / Latent.SCALE);
        return Outputs.of(inputs.get(CONDITIONING_TO).map(entry -> {
            var known = entry.find(Grounding.KEY).orElseGet(() -> new Grounding(model, List.of()));
            return entry.with(Grounding.KEY, known.with(model, new Grounding.Thing(text, place)));
        }));
    }
}

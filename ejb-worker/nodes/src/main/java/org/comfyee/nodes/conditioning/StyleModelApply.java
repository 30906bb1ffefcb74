package org.comfyee.nodes.conditioning;

import static org.comfyee.workflow.node.NodeDefinition.node;

import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.vision.ClipVisionOutput;
import org.comfyee.diffusion.vision.StyleModel;
import org.comfyee.nodes.Types;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.Outputs;

/** Adds what a picture shows to texts, as words. */
public final class StyleModelApply implements Node {
    private static final Input<Conditioning> CONDITIONING = Input.of("conditioning", Types.CONDITIONING);
    private static final Input<StyleModel> STYLE_MODEL = Input.of("style_model", Types.STYLE_MODEL);
    private static final Input<ClipVisionOutput> CLIP_VISION_OUTPUT = Input.of("clip_vision_output", Types.CLIP_VISION_OUTPUT);
    private static final Input<Double> STRENGTH = Input.floating("strength").defaultTo(1.0).range(0.0, 10.0).step(0.001);
    private static final Input<String> STRENGTH_TYPE = Input.combo("strength_type", List.of("multiply", "attn_bias"));

    private static final NodeDefinition DEFINITION = node("StyleModelApply")
            .displayName("Apply Style Model")
            .category("conditioning/style_model")
            .inputs(CONDITIONING, STYLE_MODEL, CLIP_VISION_OUTPUT, STRENGTH, STRENGTH_TYPE)
            .outputs(Types.CONDITIONING)
            .build();

    @Override
    public NodeDefinition definition() {
        return DEFINITION;
    }

    @Override
    public Outputs run(Inputs inputs, NodeContext context) {
        var words = inputs.get(STYLE_MODEL).words(inputs.get(CLIP_VISION_OUTPUT)).flatten(0, 1).unsqueeze(0);
        double strength = inputs.get(STRENGTH);
        boolean multiplied = inputs.get(STRENGTH_TYPE).equals("multiply");
        var added = multiplied ? words.mul(strength) : words;
        // In float16, as the bias is kept elsewhere.
        double bias = multiplied ? 0 : Float.float16ToFloat(Float.floatToFloat16((float) Math.log(strength)));
        return Outputs.of(inputs.get(CONDITIONING).map(entry -> with(entry, added, bias)));
    }

    private static Conditioning.Entry with(Conditioning.Entry entry, Tensor words, double bias) {
        var told = entry.withText(Tensor.cat(List.of(entry.text(), words), 1));
        var known = entry.find(Conditioning.ATTENTION_BIAS);
        boolean needed = bias != 0 || known.isPresent();
        return needed ? told.with(Conditioning.ATTENTION_BIAS, widened(known, entry.text().size(1), words.size(1), bias)) : told;
    }

    /** Lets the text and the picture see the new words, which come after the text, as much as the bias says. */
    private static Tensor widened(Optional<Tensor> known, long text, long words, double bias) {
        var wide = Tensor.zeros(ScalarType.FLOAT32, 1, text + words + 1, text + words + 1);
        long[] old = {0, text};
        long[] now = {0, text + words};
        long[] sizes = {text, 1};
        for (int row = 0; row < 2; row++) {
            var rows = wide.narrow(1, now[row], sizes[row]);
            rows.narrow(2, text, words).fillInPlace(bias);
            for (int column = 0; column < 2 && known.isPresent(); column++) {
                rows.narrow(2, now[column], sizes[column])
                        .copyInPlace(known.get().narrow(1, old[row], sizes[row]).narrow(2, old[column], sizes[column]));
            }
        }
        return wide;
    }
}

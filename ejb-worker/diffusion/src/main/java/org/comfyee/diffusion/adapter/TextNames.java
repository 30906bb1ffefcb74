package org.comfyee.diffusion.adapter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.comfyee.diffusion.checkpoint.WeightPlace;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.text.TextPart;

/** The names under which files of adapters know the weights of a text encoder's parts. */
final class TextNames {
    private static final String WEIGHT = ".weight";
    private static final String LAYERS = "text_model.encoder.layers.";
    private static final List<String> OF_LAYERS = List.of("mlp.fc1", "mlp.fc2", "self_attn.k_proj", "self_attn.q_proj", "self_attn.v_proj",
            "self_attn.out_proj");

    private TextNames() {}

    /**
     * @param part whose weights these are
     * @param parts all that the text encoder has
     */
    static Map<String, WeightPlace> of(TextPart part, Weights weights, Set<TextPart> parts) {
        var names = new HashMap<String, WeightPlace>();
        for (var name : weights.names()) {
            if (name.endsWith(WEIGHT)) {
                names.put("text_encoders." + part.file() + ".transformer." + base(name), WeightPlace.of(name));
            }
        }
        if (part == TextPart.T5XXL) {
            addT5(names, weights, parts);
        } else {
            addClip(names, part, weights, part == TextPart.CLIP_G && parts.contains(TextPart.CLIP_L));
        }
        return names;
    }

    private static void addClip(Map<String, WeightPlace> names, TextPart part, Weights weights, boolean second) {
        for (int i = 0; i < weights.count(LAYERS.substring(0, LAYERS.length() - 1)); i++) {
            for (var member : OF_LAYERS) {
                var base = LAYERS + i + "." + member;
                var target = WeightPlace.of(base + WEIGHT);
                names.put((second ? "lora_te2_" : "lora_te_") + underscored(base), target);
                if (part != TextPart.CLIP_G) {
                    names.put("lora_te1_" + underscored(base), target);
                }
                names.put((second ? "text_encoder_2." : "text_encoder.") + base, target);
            }
        }
        if (part != TextPart.CLIP_H) {
            names.put((part == TextPart.CLIP_G ? "lora_te2_" : "lora_te1_") + "text_projection", WeightPlace.of("text_projection.weight"));
        }
    }

    /** The number of an encoder is its place among the others, or what OneTrainer gives it in Flux. */
    private static void addT5(Map<String, WeightPlace> names, Weights weights, Set<TextPart> parts) {
        int place = 1 + (parts.contains(TextPart.CLIP_L) ? 1 : 0) + (parts.contains(TextPart.CLIP_G) ? 1 : 0);
        for (var name : weights.names()) {
            if (name.endsWith(WEIGHT)) {
                names.put("lora_te" + place + "_" + underscored(base(name)), WeightPlace.of(name));
                if (place == 2) {
                    names.put("lora_te3_" + underscored(base(name)), WeightPlace.of(name));
                }
            }
        }
    }

    private static String base(String weight) {
        return weight.substring(0, weight.length() - WEIGHT.length());
    }

    private static String underscored(String name) {
        return name.replace('.', '_');
    }
}

package org.comfyee.nodes.model.attention;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.text.TextPart;

/** Scales projections of attention: weights and biases whose layer's name ends as a key says. */
final class AttentionScaling {
    private AttentionScaling() {}

    static DiffusionModel scaled(DiffusionModel model, Map<String, Double> factors) {
        return model.withWeights(weights -> weights.changed(change(factors)));
    }

    static TextEncoder scaled(TextEncoder encoder, Map<String, Double> factors) {
        var changed = new EnumMap<TextPart, Weights>(TextPart.class);
        encoder.parts().forEach((part, weights) -> changed.put(part, weights.changed(change(factors))));
        return encoder.withParts(changed);
    }

    private static UnaryOperator<Parameter> change(Map<String, Double> factors) {
        return parameter -> {
            var name = parameter.name();
            var factor = factors.get(factors.keySet().stream()
                    .filter(layer -> name.endsWith(layer + ".weight") || name.endsWith(layer + ".bias"))
                    .findFirst().orElse(""));
            return factor == null ? parameter : scaled(parameter, factor);
        };
    }

    static Parameter scaled(Parameter parameter, double factor) {
        return factor == 1 ? parameter : parameter.patched(parameter.shape(), weight -> weight.mul(factor));
    }
}

package org.comfyee.diffusion.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.comfyee.torch.ScalarType;

/**
 * Files of 8 bit floats whose layers each have a factor, as ComfyUI's "scaled fp8": {@code NAME.scale_weight} belongs to
 * {@code NAME.weight}; {@code NAME.scale_input} is for processors that multiply numbers of 8 bits; {@code scaled_fp8} marks the file.
 */
final class ScaledWeights {
    private static final String WEIGHT = ".weight";
    private static final String FACTOR = ".scale_weight";
    private static final String INPUT_FACTOR = ".scale_input";
    private static final String MARK = "scaled_fp8";
    private static final Set<ScalarType> SHORT = Set.of(ScalarType.FLOAT8_E4M3FN, ScalarType.FLOAT8_E5M2);

    private ScaledWeights() {}

    /** Puts products in place of weights and factors. */
    static void replaceIn(Map<String, Parameter> parameters) {
        for (var factor : List.copyOf(parameters.keySet())) {
            if (!factor.endsWith(FACTOR)) {
                continue;
            }
            var layer = factor.substring(0, factor.length() - FACTOR.length());
            var weight = parameters.get(layer + WEIGHT);
            if (weight != null && SHORT.contains(weight.type())) {
                parameters.put(layer + WEIGHT, weight.scaled(parameters.remove(factor)));
                parameters.remove(layer + INPUT_FACTOR);
            }
        }
        parameters.keySet().removeIf(name -> name.equals(MARK) || name.endsWith("." + MARK));
    }
}

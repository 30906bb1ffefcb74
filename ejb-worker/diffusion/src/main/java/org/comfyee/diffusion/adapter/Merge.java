package org.comfyee.diffusion.adapter;

import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.text.TextPart;

/** Models whose weights are weighted sums of two models' weights. Weights that only one has, and those of other shapes, are not added. */
public final class Merge {
    private static final System.Logger LOG = System.getLogger(Merge.class.getName());
    /** No weights in truth. */
    private static final List<String> FIXED = List.of("position_ids", "logit_scale");

    private Merge() {}

    /**
     * How much two weights of the same name count.
     *
     * @param first a factor of the first model's weight
     * @param second a factor of the other's, added to it
     */
    public record Shares(double first, double second) {
        /** @param ratio of the first model, 0 to 1 */
        public static Shares mix(double ratio) {
            return new Shares(ratio, 1 - ratio);
        }

        public static Shares sum() {
            return new Shares(1, 1);
        }

        public static Shares difference(double multiplier) {
            return new Shares(multiplier, -multiplier);
        }

        private boolean changeNothing() {
            return first == 1 && second == 0;
        }
    }

    /** @param shares of each weight, by its name in the network */
    public static DiffusionModel of(DiffusionModel one, DiffusionModel other, Function<String, Shares> shares) {
        return one.withWeights(weights -> merged(weights, other.source().weights(), shares));
    }

    public static TextEncoder of(TextEncoder one, TextEncoder other, Shares shares) {
        var changed = new HashMap<TextPart, Weights>();
        var others = other.parts();
        one.parts().forEach((part, weights) -> {
            if (others.containsKey(part)) {
                changed.put(part, merged(weights, others.get(part), _ -> shares));
            }
        });
        return one.withParts(changed);
    }

    private static Weights merged(Weights one, Weights other, Function<String, Shares> shares) {
        var merged = new HashMap<String, Parameter>();
        for (var name : other.names()) {
            var share = shares.apply(name);
            if (!share.changeNothing() && FIXED.stream().noneMatch(name::endsWith)) {
                one.find(name).ifPresent(weight -> merged.put(name, merged(weight, other.get(name), share)));
            }
        }
        return one.with(merged);
    }

    private static Parameter merged(Parameter one, Parameter other, Shares share) {
        if (!Arrays.equals(one.shape(), other.shape())) {
            LOG.log(Level.WARNING, () -> "the weight " + one.name() + " of shape " + Arrays.toString(one.shape())
                    + " is not merged with one of shape " + Arrays.toString(other.shape()));
            return one.patched(one.shape(), weight -> weight.mul(share.first()));
        }
        return one.patched(one.shape(), weight -> weight.mul(share.first()).add(other.borrow(), share.second()));
    }
}

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

        /** Both whole. */
        public static Shares sum() {
            return new Shares(1, 1);
        }

        /** The first less the other, times a number. */
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

    /** As for models, with the same shares of all weights; parts that the other does not have stay as they are. */
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

    /**
     * A model moved by what another has more than a third.
     *
     * @param original usually the model before it was changed otherwise
     * @param strength how far, 1 for all the way
     */
    public static DiffusionModel towards(DiffusionModel one, DiffusionModel original, DiffusionModel other, double strength) {
        return one.withWeights(weights -> moved(weights, original.source().weights(), other.source().weights(), strength));
    }

    /** As for models; parts that the other does not have stay as they are. */
    public static TextEncoder towards(TextEncoder one, TextEncoder original, TextEncoder other, double strength) {
        var changed = new HashMap<TextPart, Weights>();
        var others = other.parts();
        one.parts().forEach((part, weights) -> {
            if (others.containsKey(part)) {
                changed.put(part, moved(weights, original.parts().get(part), others.get(part), strength));
            }
        });
        return one.withParts(changed);
    }

    private static Weights moved(Weights one, Weights original, Weights other, double strength) {
        var moved = new HashMap<String, Parameter>();
        for (var name : other.names()) {
            one.find(name).filter(_ -> FIXED.stream().noneMatch(name::endsWith)).ifPresent(weight -> {
                var from = original.get(name);
                var to = other.get(name);
                if (Arrays.equals(from.shape(), to.shape()) && Arrays.equals(weight.shape(), to.shape())) {
                    moved.put(name, weight.patched(weight.shape(), value -> value.add(to.plain().sub(from.plain()), strength)));
                } else {
                    logOtherShape(weight, to);
                }
            });
        }
        return one.with(moved);
    }

    private static void logOtherShape(Parameter one, Parameter other) {
        LOG.log(Level.WARNING, () -> "the weight " + one.name() + " of shape " + Arrays.toString(one.shape())
                + " is not merged with one of shape " + Arrays.toString(other.shape()));
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
            logOtherShape(one, other);
            return one.patched(one.shape(), weight -> weight.mul(share.first()));
        }
        return one.patched(one.shape(), weight -> weight.mul(share.first()).add(other.plain(), share.second()));
    }
}

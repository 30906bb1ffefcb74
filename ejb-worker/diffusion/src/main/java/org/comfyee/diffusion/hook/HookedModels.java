package org.comfyee.diffusion.hook;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.model.DiffusionModel;

/**
 * A diffusion model in one sampling, with the weights that the hooks of its conditionings ask for. The weights for hooks of certain
 * strengths are made once and forgotten when a step no longer needs them.
 */
public final class HookedModels implements AutoCloseable {
    /** Hooks with the strengths that they have at one step; equal ones share weights. */
    public record Active(List<Strength> strengths) {
        static final Active NONE = new Active(List.of());
    }

    /** @param identity of the hook */
    private record Strength(Object identity, double strength) {}

    private final DiffusionModel model;
    private final float first;
    private final Map<Schedule, KeyframeCursor> cursors = new HashMap<>();
    private final Map<Active, Made> made = new HashMap<>();
    private float sigma = Float.NaN;

    /** A hook with its keyframes: in another conditioning the same one may have others. */
    private record Schedule(Object identity, Keyframes keyframes) {}

    private static final class Made {
        private final DiffusionModel model;
        private float lastUse;

        Made(DiffusionModel model) {
            this.model = model;
        }
    }

    /** @param first the sigma at which the sampling starts */
    public HookedModels(DiffusionModel model, float first) {
        this.model = model;
        this.first = first;
    }

    /** How much each of the hooks counts at a step. Those that do not count are left out. */
    public Active active(Hooks hooks, float stepSigma) {
        var strengths = new ArrayList<Strength>();
        for (var hook : hooks.all()) {
            var cursor = cursors.computeIfAbsent(new Schedule(hook.identity(), hook.keyframes()),
                    _ -> new KeyframeCursor(hook.keyframes(), model.sampling(), first));
            double strength = hook.modelStrength() * cursor.strength(stepSigma);
            if (strength != 0) {
                strengths.add(new Strength(hook.identity(), strength));
            }
        }
        return strengths.isEmpty() ? Active.NONE : new Active(List.copyOf(strengths));
    }

    /**
     * The model for hooks at a step.
     *
     * @param active what {@link #active} says of these hooks
     * @throws UncheckedIOException if a change of weights is incomplete
     * @throws IllegalArgumentException if a hook changes the shape of a weight
     */
    public DiffusionModel model(Hooks hooks, Active active, float stepSigma) {
        if (active.strengths().isEmpty()) {
            return model;
        }
        if (stepSigma != sigma) {
            forgetUnused();
            sigma = stepSigma;
        }
        var found = made.computeIfAbsent(active, _ -> new Made(changed(hooks, active)));
        found.lastUse = stepSigma;
        return found.model;
    }

    /** What the step before did not use, none will: keyframes only go forward. */
    private void forgetUnused() {
        made.values().removeIf(each -> {
            boolean unused = each.lastUse != sigma;
            if (unused) {
                forget(each);
            }
            return unused;
        });
    }

    private void forget(Made each) {
        each.model.source().weights().forgetAllBut(model.source().weights());
    }

    private DiffusionModel changed(Hooks hooks, Active active) {
        var changed = model;
        try {
            for (var strength : active.strengths()) {
                var hook = hooks.all().stream().filter(each -> each.identity() == strength.identity()).findFirst().orElseThrow();
                changed = hook.change().apply(changed, model, strength.strength());
            }
        } catch (CheckpointException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        requireSameShapes(changed);
        return changed;
    }

    /** The conditionings were made ready for the shapes that the model has. */
    private void requireSameShapes(DiffusionModel changed) {
        var weights = changed.source().weights();
        for (var name : model.source().weights().names()) {
            var before = model.source().weights().get(name).shape();
            var after = weights.get(name).shape();
            if (!Arrays.equals(before, after)) {
                throw new IllegalArgumentException("a hook changes the weight %s from the shape %s to %s, which only a LoRA loader can do"
                        .formatted(name, Arrays.toString(before), Arrays.toString(after)));
            }
        }
    }

    @Override
    public void close() {
        made.values().forEach(this::forget);
        made.clear();
    }
}

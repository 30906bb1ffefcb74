package org.comfyee.diffusion.hook;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.model.Conditioning;
import org.comfyee.diffusion.model.ConditioningKey;

/** Hooks that count together. What holds other hooks is asked for itself. */
public record Hooks(List<WeightHook> all) {
    public static final Hooks NONE = new Hooks(List.of());
    /** Of an entry of a conditioning. */
    public static final ConditioningKey<Hooks> KEY = new ConditioningKey<>("hooks");

    /** One alone. */
    public static Hooks of(WeightHook hook) {
        return new Hooks(List.of(hook));
    }

    /** These and others, the same hook once. */
    public Hooks and(Hooks others) {
        var combined = new ArrayList<>(all);
        for (var other : others.all) {
            if (combined.stream().noneMatch(hook -> hook.identity() == other.identity())) {
                combined.add(other);
            }
        }
        return new Hooks(List.copyOf(combined));
    }

    /** The same hooks, all of which follow these keyframes in place of their own. */
    public Hooks with(Keyframes keyframes) {
        return new Hooks(all.stream().map(hook -> hook.with(keyframes)).toList());
    }

    /** The conditioning, whose entries hold these hooks beside their own. */
    public Conditioning addedTo(Conditioning conditioning) {
        return all.isEmpty() ? conditioning : conditioning.map(entry -> entry.with(KEY, entry.find(KEY).map(own -> own.and(this)).orElse(this)));
    }
}

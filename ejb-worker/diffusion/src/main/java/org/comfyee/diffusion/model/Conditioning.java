package org.comfyee.diffusion.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.comfyee.torch.Tensor;

/** What the model is asked for: one or more texts, each for a part of the picture or of the sampling. */
public record Conditioning(List<Entry> entries) {
    /** One vector for the whole text, {@code [1, channels]}. */
    public static final ConditioningKey<Tensor> POOLED = new ConditioningKey<>("pooled_output");

    /**
     * @param text {@code [1, tokens, channels]}
     * @param options what else is said; never changed
     */
    public record Entry(Tensor text, Map<ConditioningKey<?>, Object> options) {

        /** @param <T> the key's type, which {@link #with} ensures */
        @SuppressWarnings("unchecked")
        public <T> Optional<T> find(ConditioningKey<T> key) {
            return Optional.ofNullable((T) options.get(key));
        }

        public <T> Entry with(ConditioningKey<T> key, T value) {
            var changed = new HashMap<>(options);
            changed.put(key, value);
            return new Entry(text, Map.copyOf(changed));
        }

        public Entry without(ConditioningKey<?> key) {
            var changed = new HashMap<>(options);
            changed.remove(key);
            return new Entry(text, Map.copyOf(changed));
        }

        public Entry withText(Tensor newText) {
            return new Entry(newText, options);
        }
    }

    public static Conditioning of(Tensor text, Tensor pooled) {
        return new Conditioning(List.of(new Entry(text, Map.of()).with(POOLED, pooled)));
    }

    /** The same change made to every entry. */
    public Conditioning map(UnaryOperator<Entry> change) {
        return new Conditioning(entries.stream().map(change).toList());
    }
}

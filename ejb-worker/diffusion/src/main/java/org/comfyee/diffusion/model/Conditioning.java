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
    /** Where in the picture the text counts; everywhere if unsaid. */
    public static final ConditioningKey<Area> AREA = new ConditioningKey<>("area");
    /** How much the prediction counts beside others, 1 if unsaid. */
    public static final ConditioningKey<Double> STRENGTH = new ConditioningKey<>("strength");
    /** Where it counts how much, {@code [batch, height, width]} at any resolution, 0 to 1. */
    public static final ConditioningKey<Tensor> MASK = new ConditioningKey<>("mask");
    /** A factor for the mask, 1 if unsaid. */
    public static final ConditioningKey<Double> MASK_STRENGTH = new ConditioningKey<>("mask_strength");
    /** Whether the area is what the mask covers. */
    public static final ConditioningKey<Boolean> AREA_TO_BOUNDS = new ConditioningKey<>("set_area_to_bounds");
    /** From which share of the sampling on it counts, 0 to 1. */
    public static final ConditioningKey<Double> START_PERCENT = new ConditioningKey<>("start_percent");
    /** Up to which share. */
    public static final ConditioningKey<Double> END_PERCENT = new ConditioningKey<>("end_percent");
    /** From which share of the sampling on the text is what was encoded, where it was encoded anew for other ranges. */
    public static final ConditioningKey<Double> TEXT_START_PERCENT = new ConditioningKey<>("clip_start_percent");
    /** Up to which share. */
    public static final ConditioningKey<Double> TEXT_END_PERCENT = new ConditioningKey<>("clip_end_percent");
    /** Whether it counts only where nothing else of the conditioning does. */
    public static final ConditioningKey<Boolean> FILLS = new ConditioningKey<>("default");
    /** The guidance for networks that take it as a number; empty if they are to do without. */
    public static final ConditioningKey<Optional<Double>> GUIDANCE = new ConditioningKey<>("guidance");
    /**
     * What is added to the attention of one token to another, {@code [1, tokens + 1, tokens + 1]}: those of the text, then one that
     * stands for each of the picture's. Only Flux reads it.
     */
    public static final ConditioningKey<Tensor> ATTENTION_BIAS = new ConditioningKey<>("attention_mask");
    /** Pictures that guide beside the text, for models that were trained for that. */
    public static final ConditioningKey<List<GuidingPictures>> PICTURES = new ConditioningKey<>("unclip_conditioning");
    /** Of the sampling; set when it starts. */
    public static final ConditioningKey<Long> SEED = new ConditioningKey<>("seed");
    /** Whether it says what the picture must not be; set by guiders, for families that tell these apart. */
    public static final ConditioningKey<Boolean> UNWANTED = new ConditioningKey<>("prompt_type");
    /** For networks that see another picture beside the noise: its latents, in the autoencoder's units. */
    public static final ConditioningKey<Tensor> CONCAT_LATENT = new ConditioningKey<>("concat_latent_image");
    /** Where the picture may change, {@code [batch, 1, height, width]} at any resolution, for networks that are told. */
    public static final ConditioningKey<Tensor> CONCAT_MASK = new ConditioningKey<>("concat_mask");
    /** The same, of the shape of the latents; set by the sampling where it keeps what lies outside. */
    public static final ConditioningKey<Tensor> DENOISE_MASK = new ConditioningKey<>("denoise_mask");
    /** A small picture, {@code [batch, 3, height, width]}, -1 to 1, for networks that enlarge pictures. */
    public static final ConditioningKey<Tensor> CONCAT_IMAGE = new ConditioningKey<>("concat_image");
    /** How much noise such a picture is given, 0 to 1. */
    public static final ConditioningKey<Double> NOISE_AUGMENTATION = new ConditioningKey<>("noise_augmentation");
    /** Latents of pictures that are to be changed or drawn upon, in the autoencoder's units. */
    public static final ConditioningKey<List<Tensor>> REFERENCE_LATENTS = new ConditioningKey<>("reference_latents");
    /** Where networks that know places are to see these. */
    public static final ConditioningKey<ReferencePlacement> REFERENCE_METHOD = new ConditioningKey<>("reference_latents_method");
    /** The size in pixels that a picture of the training had before it was cropped. */
    public static final ConditioningKey<Integer> WIDTH = new ConditioningKey<>("width");
    public static final ConditioningKey<Integer> HEIGHT = new ConditioningKey<>("height");
    /** How many pixels were cropped from the left. */
    public static final ConditioningKey<Integer> CROP_WIDTH = new ConditioningKey<>("crop_w");
    /** How many pixels were cropped from the top. */
    public static final ConditioningKey<Integer> CROP_HEIGHT = new ConditioningKey<>("crop_h");
    /** The size in pixels after cropping and scaling. */
    public static final ConditioningKey<Integer> TARGET_WIDTH = new ConditioningKey<>("target_width");
    public static final ConditioningKey<Integer> TARGET_HEIGHT = new ConditioningKey<>("target_height");
    /** How pleasing the picture is, about 0 to 10. */
    public static final ConditioningKey<Double> AESTHETIC_SCORE = new ConditioningKey<>("aesthetic_score");

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

    /**
     * One text for everything.
     *
     * @param text {@code [1, tokens, channels]}
     * @param pooled {@code [1, channels]}
     */
    public static Conditioning of(Tensor text, Tensor pooled) {
        return new Conditioning(List.of(new Entry(text, Map.of()).with(POOLED, pooled)));
    }

    /** The same change made to every entry. */
    public Conditioning map(UnaryOperator<Entry> change) {
        return new Conditioning(entries.stream().map(change).toList());
    }
}

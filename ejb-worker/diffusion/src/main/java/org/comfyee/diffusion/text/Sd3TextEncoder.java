package org.comfyee.diffusion.text;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * The text encoder of Stable Diffusion 3 (Esser et al. 2024): the states of CLIP-L and ViT-bigG side by side, followed by
 * those of T5, and the pooled texts of the former two. Any of them may be missing; zeros stand for a missing CLIP, and nothing for T5.
 */
public final class Sd3TextEncoder implements TextEncoder {
    private static final int SHORTEST = 77;
    private static final int T5_WIDTH = 4096;
    /** Of what stands for a missing part. */
    private static final int SMALL_WIDTH = 768;
    private static final int BIG_WIDTH = 1280;

    private final Optional<ClipEncoder> small;
    private final Optional<ClipEncoder> big;
    private final Optional<T5Encoder> t5;

    /** @throws java.util.NoSuchElementException if a weight is missing */
    public static Sd3TextEncoder of(Optional<Weights> small, Optional<Weights> big, Optional<Weights> t5) {
        return new Sd3TextEncoder(small.map(weights -> new ClipEncoder(ClipUse.SDXL_L, weights)), big.map(weights -> new ClipEncoder(ClipUse.SDXL_G, weights)),
                t5.map(weights -> new T5Encoder(weights, SHORTEST)));
    }

    private Sd3TextEncoder(Optional<ClipEncoder> small, Optional<ClipEncoder> big, Optional<T5Encoder> t5) {
        this.small = small;
        this.big = big;
        this.t5 = t5;
    }

    @Override
    public TextEncoder withLastLayer(int layer) {
        return new Sd3TextEncoder(small.map(clip -> clip.withLastLayer(layer)), big.map(clip -> clip.withLastLayer(layer)),
                t5.map(encoder -> encoder.withLastLayer(layer)));
    }

    @Override
    public TextEncoder unprojected() {
        return new Sd3TextEncoder(small.map(ClipEncoder::unprojected), big.map(ClipEncoder::unprojected), t5);
    }

    @Override
    public TextEncoder withT5Padding(int padding, int shortest) {
        return new Sd3TextEncoder(small, big, t5.map(encoder -> encoder.padded(padding, shortest)));
    }

    @Override
    public TextEncoder withEmbeddings(Embeddings embeddings) {
        return new Sd3TextEncoder(small.map(clip -> clip.with(embeddings)), big.map(clip -> clip.with(embeddings)),
                t5.map(encoder -> encoder.with(embeddings)));
    }

    @Override
    public Map<TextPart, Weights> parts() {
        var parts = new EnumMap<TextPart, Weights>(TextPart.class);
        small.ifPresent(clip -> parts.put(TextPart.CLIP_L, clip.weights()));
        big.ifPresent(clip -> parts.put(TextPart.CLIP_G, clip.weights()));
        t5.ifPresent(encoder -> parts.put(TextPart.T5XXL, encoder.weights()));
        return parts;
    }

    @Override
    public TextEncoder withParts(Map<TextPart, Weights> changed) {
        return new Sd3TextEncoder(
                small.map(clip -> clip.withWeights(changed.getOrDefault(TextPart.CLIP_L, clip.weights()))),
                big.map(clip -> clip.withWeights(changed.getOrDefault(TextPart.CLIP_G, clip.weights()))),
                t5.map(encoder -> encoder.withWeights(changed.getOrDefault(TextPart.T5XXL, encoder.weights()))));
    }

    @Override
    public EncodedText encode(String prompt) {
        return encode(Map.of(TextPart.CLIP_L, prompt, TextPart.CLIP_G, prompt, TextPart.T5XXL, prompt));
    }

    /** Parts without a prompt say nothing; both CLIPs say as much as the longer one. */
    @Override
    public EncodedText encode(Map<TextPart, String> prompts) {
        try (var scope = new TensorScope()) {
            var states = new ArrayList<Tensor>();
            var clip = clip(prompts);
            clip.ifPresent(text -> states.add(widened(text.cond())));
            t5.filter(_ -> prompts.containsKey(TextPart.T5XXL)).ifPresent(encoder -> states.add(encoder.encode(prompts.get(TextPart.T5XXL))));
            if (states.isEmpty()) {
                states.add(Tensor.zeros(ScalarType.FLOAT32, 1, SHORTEST, width()));
            }
            var pooled = clip.map(EncodedText::pooled).orElseGet(() -> nothing(1, SMALL_WIDTH + BIG_WIDTH).pooled());
            return new EncodedText(scope.keep(Tensor.cat(states, 1)), scope.keep(pooled));
        }
    }

    private Optional<EncodedText> clip(Map<TextPart, String> prompts) {
        var first = tokens(small, prompts.get(TextPart.CLIP_L));
        var second = tokens(big, prompts.get(TextPart.CLIP_G));
        int chunks = Math.max(first.size(), second.size());
        if (chunks == 0) {
            return Optional.empty();
        }
        var left = encode(small, first, chunks, SMALL_WIDTH);
        var right = encode(big, second, chunks, BIG_WIDTH);
        return Optional.of(new EncodedText(Tensor.cat(List.of(left.cond(), right.cond()), -1),
                Tensor.cat(List.of(left.pooled(), right.pooled()), -1)));
    }

    private static List<List<Token>> tokens(Optional<ClipEncoder> clip, String prompt) {
        return clip.isEmpty() || prompt == null ? List.of() : clip.get().tokenize(prompt);
    }

    private static EncodedText encode(Optional<ClipEncoder> clip, List<List<Token>> tokens, int chunks, int width) {
        return clip.map(each -> each.encode(each.filled(tokens, chunks))).orElseGet(() -> nothing(chunks, width));
    }

    private static EncodedText nothing(int chunks, int width) {
        return new EncodedText(Tensor.zeros(ScalarType.FLOAT32, 1, (long) chunks * ClipTokenizer.CHUNK, width),
                Tensor.zeros(ScalarType.FLOAT32, 1, width));
    }

    private int width() {
        return t5.map(T5Encoder::width).orElse(T5_WIDTH);
    }

    /** The states with as many channels as T5's. */
    private Tensor widened(Tensor states) {
        return states.pad("constant", 0, 0, width() - states.size(2));
    }
}

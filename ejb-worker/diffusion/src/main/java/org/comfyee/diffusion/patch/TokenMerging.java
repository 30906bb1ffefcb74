package org.comfyee.diffusion.patch;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.comfyee.torch.Generator;
import org.comfyee.torch.Tensor;

/**
 * Lets fewer queries look at the picture: of each 2x2 pixels a random one is a target, and the share of the others that are most
 * like a target is averaged into it (Bolya and Hoffman 2023, "Token Merging for Fast Stable Diffusion"). Only at the resolution of
 * the latents.
 */
public final class TokenMerging implements NetworkPatch {
    private static final int SIDE = 2;

    private final double ratio;
    private final Supplier<Generator> random;
    private Plan plan;

    /** @param ratio of the tokens that are merged into others */
    public TokenMerging(double ratio, Supplier<Generator> random) {
        this.ratio = ratio;
        this.random = random;
    }

    /**
     * @param kept rows of the flattened tokens, for each item first those that stay as they are, then the targets
     * @param sources rows that are merged
     * @param into for each of these, which row of the merged tokens takes it
     * @param restored for each token, which row of the merged tokens stands for it
     */
    private record Plan(long batch, long tokens, long[] kept, long[] sources, long[] into, long[] restored) {

        Tensor merge(Tensor x) {
            long channels = x.size(2);
            var flat = x.reshape(batch * tokens, channels);
            var merged = flat.indexSelect(0, rows(kept, x));
            if (sources.length == 0) {
                return merged.reshape(batch, -1, channels);
            }
            // Rows of sums and counts, by a matrix that says which source goes where.
            var counts = new float[kept.length];
            Arrays.fill(counts, 1);
            for (long row : into) {
                counts[(int) row]++;
            }
            int perItem = kept.length / (int) batch;
            int sourcesPerItem = sources.length / (int) batch;
            var places = new float[(int) batch * perItem * sourcesPerItem];
            for (int i = 0; i < sources.length; i++) {
                places[(int) into[i] * sourcesPerItem + i % sourcesPerItem] = 1;
            }
            var sums = like(x, Tensor.of(places, batch, perItem, sourcesPerItem))
                    .matmul(flat.indexSelect(0, rows(sources, x)).reshape(batch, sourcesPerItem, channels));
            return merged.reshape(batch, perItem, channels).add(sums).div(like(x, Tensor.of(counts, batch, perItem, 1)));
        }

        private static Tensor rows(long[] numbers, Tensor x) {
            return Tensor.of(numbers, numbers.length).to(x.device());
        }

        private static Tensor like(Tensor x, Tensor numbers) {
            return numbers.to(x.dtype()).to(x.device());
        }

        Tensor restore(Tensor merged) {
            long channels = merged.size(2);
            return merged.reshape(-1, channels).indexSelect(0, rows(restored, merged)).reshape(batch, tokens, channels);
        }
    }

    @Override
    public AttentionInputs attentionInputs(Pass pass, AttentionPlace place, AttentionInputs inputs) {
        boolean nothing = (int) (inputs.query().size(1) * ratio) <= 0 || place.height() == 1 || place.width() == 1;
        if (place.cross() || nothing || place.height() < pass.height() || place.width() < pass.width()) {
            return inputs;
        }
        plan = plan(inputs.query(), (int) place.height(), (int) place.width());
        return new AttentionInputs(plan.merge(inputs.query()), inputs.key(), inputs.value());
    }

    @Override
    public Tensor attended(Pass pass, AttentionPlace place, Tensor output) {
        if (place.cross() || plan == null) {
            return output;
        }
        var restored = plan.restore(output);
        plan = null;
        return restored;
    }

    private Plan plan(Tensor x, int height, int width) {
        int batch = (int) x.size(0);
        int tokens = height * width;
        var targets = targets(height, width);
        var isTarget = new boolean[tokens];
        for (int target : targets) {
            isTarget[target] = true;
        }
        var others = IntStream.range(0, tokens).filter(token -> !isTarget[token]).toArray();
        int merged = Math.min(others.length, (int) (tokens * ratio));
        int keptOthers = others.length - merged;
        int perItem = keptOthers + targets.length;
        var unit = x.div(x.norm2(-1, true));
        var likeness = rows(unit, others).matmul(rows(unit, targets).transpose(1, 2));
        var best = likeness.amax(2, false).contiguous().toFloats();
        var nearest = likeness.argmax(2).contiguous().toLongs();
        var kept = new long[batch * perItem];
        var sources = new long[batch * merged];
        var into = new long[batch * merged];
        var restored = new long[batch * tokens];
        for (int item = 0; item < batch; item++) {
            int first = item * others.length;
            var ranked = IntStream.range(0, others.length).boxed()
                    .sorted(Comparator.comparing(i -> -best[first + i]))
                    .mapToInt(i -> i)
                    .toArray();
            int row = item * perItem;
            for (int i = 0; i < merged; i++) {
                int other = ranked[i];
                long target = row + keptOthers + nearest[first + other];
                sources[item * merged + i] = (long) item * tokens + others[other];
                into[item * merged + i] = target;
                restored[item * tokens + others[other]] = target;
            }
            for (int i = 0; i < keptOthers; i++) {
                int token = others[ranked[merged + i]];
                kept[row + i] = (long) item * tokens + token;
                restored[item * tokens + token] = row + i;
            }
            for (int i = 0; i < targets.length; i++) {
                kept[row + keptOthers + i] = (long) item * tokens + targets[i];
                restored[item * tokens + targets[i]] = row + keptOthers + i;
            }
        }
        return new Plan(batch, tokens, kept, sources, into, restored);
    }

    /** One pixel of each window; those of an odd edge are in none. */
    private int[] targets(int height, int width) {
        int rows = height / SIDE;
        int columns = width / SIDE;
        var chosen = Tensor.randint(random.get(), SIDE * SIDE, (long) rows * columns).toLongs();
        return IntStream.range(0, rows * columns).map(window -> {
            int place = (int) chosen[window];
            return (window / columns * SIDE + place / SIDE) * width + window % columns * SIDE + place % SIDE;
        }).toArray();
    }

    private static Tensor rows(Tensor x, int[] tokens) {
        return x.indexSelect(1, Tensor.of(Arrays.stream(tokens).asLongStream().toArray(), tokens.length).to(x.device()));
    }
}

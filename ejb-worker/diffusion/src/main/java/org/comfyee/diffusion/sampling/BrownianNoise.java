package org.comfyee.diffusion.sampling;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Map;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Increments of one Brownian motion over sigma, so that noise between two sigmas is the same however it is divided into
 * steps: the virtual Brownian tree of torchsde 0.2 (Li et al. 2020), to the bit.
 */
final class BrownianNoise implements NoiseSampler {
    private static final int ROUNDED_DIGITS = 6;

    private record Node(long key, int depth, double start, double end, Tensor increment) {}

    private record Split(Node left, Node right) {}

    private final long seed;
    private final long[] shape;
    private final Node root;
    private final Map<Node, Split> splits = new HashMap<>();

    BrownianNoise(long seed, float[] sigmas, long[] shape) {
        this.seed = seed;
        this.shape = shape;
        double low = Double.MAX_VALUE;
        double high = 0;
        for (float sigma : sigmas) {
            low = sigma > 0 ? Math.min(low, sigma) : low;
            high = Math.max(high, sigma);
        }
        var state = SeedSequence.generate(seed, 3);
        root = new Node(0, 0, rounded(low), rounded(high), escaped(randn(state[0]).mul(Math.sqrt(high - low))));
    }

    private static double rounded(double time) {
        return new BigDecimal(time).setScale(ROUNDED_DIGITS, RoundingMode.HALF_EVEN).doubleValue();
    }

    /** The tree outlives the steps that ask it. */
    private static Tensor escaped(Tensor tensor) {
        return TensorScope.escape(tensor);
    }

    private Tensor randn(long state) {
        try (var generator = Generator.seeded(state)) {
            return Tensor.randn(generator, ScalarType.FLOAT32, shape);
        }
    }

    @Override
    public Tensor next(float sigma, float sigmaNext) {
        double a = Math.clamp(rounded(Math.min(sigma, sigmaNext)), root.start(), root.end());
        double b = Math.clamp(rounded(Math.max(sigma, sigmaNext)), root.start(), root.end());
        var increment = increment(root, a, b);
        double sign = sigma > sigmaNext ? -1 : 1;
        return increment.mul(sign / Math.sqrt(Math.abs((double) sigmaNext - sigma)));
    }

    private Tensor increment(Node node, double a, double b) {
        if (a == node.start() && b == node.end()) {
            return node.increment();
        }
        if (!splits.containsKey(node)) {
            splitAt(node, a == node.start() ? b : a);
        }
        var split = splits.get(node);
        double middle = split.left().end();
        if (b <= middle) {
            return increment(split.left(), a, b);
        }
        if (a >= middle) {
            return increment(split.right(), a, b);
        }
        return increment(split.left(), a, middle).add(increment(split.right(), middle, b));
    }

    /** Halves a node, and its parts, until the time is a border. */
    private void splitAt(Node node, double time) {
        double middle = rounded((node.start() + node.end()) / 2);
        var split = splits.computeIfAbsent(node, each -> halves(each, middle));
        if (time != middle) {
            splitAt(time < middle ? split.left() : split.right(), time);
        }
    }

    private Split halves(Node node, double middle) {
        try (var _ = new TensorScope()) {
            double start = node.start();
            double end = node.end();
            var state = SeedSequence.generate(seed, 4, node.key(), node.depth());
            double share = (middle - start) / (end - start);
            double spread = Math.sqrt((middle - start) * (end - middle) / (end - start));
            var left = escaped(node.increment().mul(share).add(randn(state[0]).mul(spread)));
            var right = escaped(node.increment().sub(left));
            return new Split(new Node(2 * node.key(), node.depth() + 1, start, middle, left),
                    new Node(2 * node.key() + 1, node.depth() + 1, middle, end, right));
        }
    }
}

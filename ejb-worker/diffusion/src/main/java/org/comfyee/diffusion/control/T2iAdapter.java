package org.comfyee.diffusion.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.layers.Conv2d;
import org.comfyee.diffusion.model.ControlResiduals;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * A small network that looks at the picture alone (Mou et al. 2023, "T2I-Adapter"): full, light, and that for SDXL, which works
 * at half the resolution.
 */
final class T2iAdapter implements ControlNetwork {
    private static final int LEVELS = 4;
    private static final int PER_LEVEL = 2;
    private static final int UNSHUFFLE = 8;
    private static final int UNSHUFFLE_XL = 16;
    private static final String DIFFUSERS = "adapter.body.0.resnets.0.block1.weight";

    private interface Layer {
        Tensor apply(Tensor x);
    }

    /** For each level its layers. */
    private final List<List<Layer>> levels;
    private final int unshuffle;

    private T2iAdapter(List<List<Layer>> levels, int unshuffle) {
        this.levels = levels;
        this.unshuffle = unshuffle;
    }

    /** Empty if it is none. */
    static Optional<ControlNet> of(Weights weights) {
        if (weights.has(DIFFUSERS)) {
            return of(weights.renamed(T2iAdapter::original));
        }
        if (weights.has("body.0.in_conv.weight")) {
            return Optional.of(net(weights, T2iAdapter::light, weights.size("body.0.in_conv.weight", 1)));
        }
        if (weights.has("conv_in.weight") && weights.has("body.0.block1.weight")) {
            return Optional.of(net(weights, T2iAdapter::full, weights.size("conv_in.weight", 1)));
        }
        return Optional.empty();
    }

    private static ControlNet net(Weights weights, Function<Weights, T2iAdapter> build, long channelsIn) {
        // What is missing is told when the file is opened.
        var adapter = build.apply(weights);
        boolean gray = channelsIn == (long) adapter.unshuffle * adapter.unshuffle;
        return ControlNet.of(weights, (file, _) -> build.apply(file), new HintForm(adapter.unshuffle, pixels -> pixels, gray, Optional.empty(), false));
    }

    /** @param name for example {@code adapter.body.1.resnets.0.block1.weight} */
    private static String original(String name) {
        var part = name.split("\\.", 6);
        if (!name.startsWith("adapter.body.")) {
            return name.replaceFirst("^adapter\\.", "");
        }
        int first = PER_LEVEL * Integer.parseInt(part[2]);
        return part[3].equals("resnets")
                ? "body." + (first + Integer.parseInt(part[4])) + "." + part[5]
                : "body." + first + name.substring(("adapter.body." + part[2]).length());
    }

    private static T2iAdapter full(Weights weights) {
        long channelsIn = weights.size("conv_in.weight", 1);
        boolean xl = channelsIn == (long) UNSHUFFLE_XL * UNSHUFFLE_XL || channelsIn == 3L * UNSHUFFLE_XL * UNSHUFFLE_XL;
        var conv = Conv2d.of(weights.at("conv_in"));
        var levels = new ArrayList<List<Layer>>();
        for (int level = 0; level < LEVELS; level++) {
            var layers = new ArrayList<Layer>();
            if (level == 0) {
                layers.add(conv::apply);
            }
            for (int i = 0; i < PER_LEVEL; i++) {
                boolean down = i == 0 && (xl ? level == 2 : level > 0);
                layers.add(block(weights.at("body." + (PER_LEVEL * level + i)), down));
            }
            levels.add(layers);
        }
        return new T2iAdapter(levels, xl ? UNSHUFFLE_XL : UNSHUFFLE);
    }

    private static Layer block(Weights weights, boolean down) {
        Layer halve = down ? halving(weights) : x -> x;
        var in = optional(weights, "in_conv");
        var first = Conv2d.of(weights.at("block1"));
        var second = Conv2d.of(weights.at("block2"));
        var skip = optional(weights, "skep");
        return input -> {
            var x = halve.apply(input);
            var h = in.map(conv -> conv.apply(x)).orElse(x);
            return second.apply(first.apply(h).relu()).add(skip.map(conv -> conv.apply(h)).orElse(h));
        };
    }

    private static Optional<Conv2d> optional(Weights weights, String name) {
        return weights.has(name) ? Optional.of(Conv2d.of(weights.at(name))) : Optional.empty();
    }

    private static Layer halving(Weights weights) {
        return weights.has("down_opt.op") ? Conv2d.strided(weights.at("down_opt.op"), 2, 1)::apply : T2iAdapter::halved;
    }

    /** The means of 2x2 pixels. */
    private static Tensor halved(Tensor x) {
        long height = x.size(2) / 2;
        long width = x.size(3) / 2;
        return x.narrow(2, 0, 2 * height).narrow(3, 0, 2 * width).areaResize(height, width);
    }

    private static T2iAdapter light(Weights weights) {
        var levels = IntStream.range(0, weights.count("body")).mapToObj(level -> {
            var body = weights.at("body." + level);
            var layers = new ArrayList<Layer>();
            if (level > 0) {
                layers.add(T2iAdapter::halved);
            }
            layers.add(Conv2d.of(body.at("in_conv"))::apply);
            for (int i = 0; i < body.count("body"); i++) {
                var first = Conv2d.of(body.at("body." + i + ".block1"));
                var second = Conv2d.of(body.at("body." + i + ".block2"));
                layers.add(x -> second.apply(first.apply(x).relu()).add(x));
            }
            layers.add(Conv2d.of(body.at("out_conv"))::apply);
            return List.copyOf(layers);
        }).toList();
        return new T2iAdapter(levels, UNSHUFFLE);
    }

    @Override
    public boolean isConstant() {
        return true;
    }

    @Override
    public ControlResiduals predict(Input input) {
        try (var scope = new TensorScope()) {
            var x = input.hint().pixelUnshuffle(unshuffle);
            var features = new ArrayList<Tensor>();
            for (var level : levels) {
                for (var layer : level) {
                    x = layer.apply(x);
                }
                features.add(x);
            }
            return placed(features).map(scope::keep);
        }
    }

    /** Each feature map goes to the last input block of its resolution; the last one of SDXL's to the middle. */
    private ControlResiduals placed(List<Tensor> features) {
        int[] blocks = unshuffle == UNSHUFFLE_XL ? new int[] {3, 5, 8} : new int[] {2, 5, 8, 11};
        var input = new ArrayList<Optional<Tensor>>();
        for (int i = 0; i < blocks.length; i++) {
            while (input.size() < blocks[i]) {
                input.add(Optional.empty());
            }
            input.add(Optional.of(features.get(i)));
        }
        var middle = unshuffle == UNSHUFFLE_XL ? List.of(Optional.of(features.getLast())) : List.<Optional<Tensor>>of();
        return new ControlResiduals(input, middle, List.of());
    }
}

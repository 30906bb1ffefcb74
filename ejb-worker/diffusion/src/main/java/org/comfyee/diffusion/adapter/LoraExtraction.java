package org.comfyee.diffusion.adapter;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.diffusion.checkpoint.Parameter;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.safetensors.SafetensorsWriter;

/**
 * Makes files of LoRAs from models whose weights are differences of models, in float16 and under names that {@link Lora} reads.
 *
 * @param rank of the products of two matrices that stand for weights; empty to keep the differences as they are
 * @param biases whether biases, and with a rank also weights that are no matrices, are kept
 */
public record LoraExtraction(Optional<Integer> rank, boolean biases) {
    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";

    /** @throws IOException if the file cannot be written */
    public void write(Path path, Optional<DiffusionModel> model, Optional<TextEncoder> text) throws IOException {
        var sources = new LinkedHashMap<String, SafetensorsWriter.Source>();
        model.ifPresent(each -> add(sources, "diffusion_model.", each.source().weights()));
        text.ifPresent(each -> each.parts().forEach((part, weights) -> add(sources, "text_encoders." + part.file() + ".transformer.", weights)));
        SafetensorsWriter.writeSources(path, sources, Map.of());
    }

    private void add(Map<String, SafetensorsWriter.Source> sources, String prefix, Weights weights) {
        for (var name : weights.names()) {
            var parameter = weights.get(name);
            if (name.endsWith(WEIGHT)) {
                addWeight(sources, prefix + name.substring(0, name.length() - WEIGHT.length()), parameter);
            } else if (biases && name.endsWith(BIAS)) {
                sources.put(prefix + name.substring(0, name.length() - BIAS.length()) + ".diff_b", new Whole(parameter));
            }
        }
    }

    private void addWeight(Map<String, SafetensorsWriter.Source> sources, String base, Parameter parameter) {
        boolean matrix = parameter.shape().length > 1;
        if (rank.isPresent() && matrix) {
            var factors = new Factors(parameter, rank.get());
            sources.put(base + ".lora_up.weight", new Factor(factors, true));
            sources.put(base + ".lora_down.weight", new Factor(factors, false));
        } else if (rank.isEmpty() || biases) {
            sources.put(base + ".diff", new Whole(parameter));
        }
    }

    private static void write(Tensor tensor, WritableByteChannel out) throws IOException {
        SafetensorsWriter.source(tensor.to(ScalarType.FLOAT16)).writeTo(out);
    }

    /** A difference as it is. */
    private record Whole(Parameter parameter) implements SafetensorsWriter.Source {
        @Override
        public ScalarType type() {
            return ScalarType.FLOAT16;
        }

        @Override
        public long[] shape() {
            return parameter.shape();
        }

        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            try (var _ = new TensorScope()) {
                write(parameter.plain(), out);
            }
        }
    }

    /** One of two matrices. */
    private record Factor(Factors factors, boolean up) implements SafetensorsWriter.Source {
        @Override
        public ScalarType type() {
            return ScalarType.FLOAT16;
        }

        @Override
        public long[] shape() {
            return up ? factors.upShape() : factors.downShape();
        }

        @Override
        public void writeTo(WritableByteChannel out) throws IOException {
            try (var _ = new TensorScope()) {
                write(up ? factors.up() : factors.down(), out);
            }
        }
    }

    /** The two matrices whose product is nearest to a weight, of which the first is asked for first. */
    private static final class Factors {
        /** Of all numbers that many are no larger than the largest one that is kept. */
        private static final double KEPT = 0.99;

        private final Parameter parameter;
        private final int rank;
        private Tensor down;

        Factors(Parameter parameter, int most) {
            this.parameter = parameter;
            var shape = parameter.shape();
            this.rank = (int) Math.min(most, Math.min(shape[0], shape[1]));
        }

        long[] upShape() {
            var shape = parameter.shape();
            Arrays.fill(shape, 1, shape.length, 1);
            shape[1] = rank;
            return shape;
        }

        long[] downShape() {
            var shape = parameter.shape();
            shape[0] = rank;
            return shape;
        }

        /** Makes both. */
        Tensor up() {
            try (var scope = new TensorScope()) {
                var found = parameter.plain().flatten(1, -1).singularValues();
                var left = found.left().narrow(1, 0, rank).mul(found.values().narrow(0, 0, rank));
                var right = found.right().narrow(0, 0, rank);
                // A few large numbers would take the digits of all others when a file is rounded.
                double limit = quantile(Tensor.cat(List.of(left.flatten(0, -1), right.flatten(0, -1)), 0).toFloats());
                down = TensorScope.escape(right.clamp(-limit, limit).reshape(downShape()));
                return scope.keep(left.clamp(-limit, limit).reshape(upShape()));
            }
        }

        Tensor down() {
            var made = down;
            down = null;
            return made;
        }

        private static double quantile(float[] values) {
            Arrays.parallelSort(values);
            double place = KEPT * (values.length - 1);
            int before = (int) place;
            int after = Math.min(before + 1, values.length - 1);
            return values[before] + (place - before) * (values[after] - values[before]);
        }
    }
}

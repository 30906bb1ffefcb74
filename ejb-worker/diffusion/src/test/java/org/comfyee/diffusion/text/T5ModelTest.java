package org.comfyee.diffusion.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.comfyee.diffusion.checkpoint.WeightsFile;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The encoder of T5 v1.1 of three layers, against the paper's formulas over plain arrays: 12 channels, 2 heads of 5, 20 inner channels. */
class T5ModelTest {
    private static final int LAYERS = 3;
    private static final int WIDTH = 12;
    private static final int HEADS = 2;
    private static final int HEAD = 5;
    private static final int INNER = 20;
    private static final int WORDS = 9;
    /** So many that the farthest distances share a bucket. */
    private static final int LENGTH = 100;

    @TempDir
    private static Path directory;

    private static final Map<String, float[]> NUMBERS = new HashMap<>();
    private static T5Model model;

    @BeforeAll
    static void write() throws IOException {
        Torch.loadConfigured();
        var tensors = new HashMap<String, Tensor>();
        try (var scope = new TensorScope(); var random = Generator.seeded(11)) {
            put(tensors, random, "shared.weight", WORDS, WIDTH);
            put(tensors, random, "encoder.final_layer_norm.weight", WIDTH);
            put(tensors, random, "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", 32, HEADS);
            for (int i = 0; i < LAYERS; i++) {
                var block = "encoder.block." + i + ".layer.";
                put(tensors, random, block + "0.layer_norm.weight", WIDTH);
                put(tensors, random, block + "1.layer_norm.weight", WIDTH);
                for (var name : List.of("q", "k", "v")) {
                    put(tensors, random, block + "0.SelfAttention." + name + ".weight", HEADS * HEAD, WIDTH);
                }
                put(tensors, random, block + "0.SelfAttention.o.weight", WIDTH, HEADS * HEAD);
                put(tensors, random, block + "1.DenseReluDense.wi_0.weight", INNER, WIDTH);
                put(tensors, random, block + "1.DenseReluDense.wi_1.weight", INNER, WIDTH);
                put(tensors, random, block + "1.DenseReluDense.wo.weight", WIDTH, INNER);
            }
            SafetensorsWriter.write(directory.resolve("t5.safetensors"), tensors, Map.of());
        }
        model = new T5Model(WeightsFile.open(directory.resolve("t5.safetensors")));
    }

    private static void put(Map<String, Tensor> tensors, Generator random, String name, long... shape) {
        var tensor = Tensor.randn(random, ScalarType.FLOAT32, shape).mul(0.4);
        tensors.put(name, tensor);
        NUMBERS.put(name, tensor.toFloats());
    }

    /** The n-th row of numbers in rows of a length. */
    private static double[] row(float[] numbers, int n, int length) {
        return IntStream.range(0, length).mapToDouble(i -> numbers[n * length + i]).toArray();
    }

    private static double[] product(String matrix, double[] x) {
        var numbers = NUMBERS.get(matrix + ".weight");
        return IntStream.range(0, numbers.length / x.length).mapToDouble(i -> dot(row(numbers, i, x.length), x)).toArray();
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static double[] sum(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] + b[i]).toArray();
    }

    private static double[] normed(String norm, double[] x) {
        double size = Math.sqrt(dot(x, x) / x.length + 1e-6);
        var weights = NUMBERS.get(norm + ".weight");
        return IntStream.range(0, x.length).mapToDouble(i -> x[i] / size * weights[i]).toArray();
    }

    /** 32 buckets: for each direction 8 for the nearest distances, and 8 that grow up to a distance of 128. */
    private static int bucket(int from, int to) {
        int distance = Math.abs(to - from);
        int near = distance < 8 ? distance : Math.min(15, 8 + (int) Math.floor(Math.log(distance / 8.0) / Math.log(16) * 8 + 1e-9));
        return near + (to > from ? 16 : 0);
    }

    private static double[][] products(String matrix, double[][] x) {
        return Arrays.stream(x).map(each -> product(matrix, each)).toArray(double[][]::new);
    }

    private static double[][] attended(String attention, double[][] x) {
        var keys = products(attention + ".k", x);
        var values = products(attention + ".v", x);
        return IntStream.range(0, x.length)
                .mapToObj(at -> attended(attention, product(attention + ".q", x[at]), keys, values, at))
                .toArray(double[][]::new);
    }

    private static double[] attended(String attention, double[] query, double[][] keys, double[][] values, int at) {
        var bias = NUMBERS.get("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
        var joined = new double[HEADS * HEAD];
        for (int head = 0; head < HEADS; head++) {
            var scores = new double[keys.length];
            for (int other = 0; other < keys.length; other++) {
                scores[other] = dot(part(query, head), part(keys[other], head)) + bias[bucket(at, other) * HEADS + head];
            }
            double largest = Arrays.stream(scores).max().orElseThrow();
            double all = Arrays.stream(scores).map(score -> Math.exp(score - largest)).sum();
            for (int other = 0; other < keys.length; other++) {
                var value = part(values[other], head);
                for (int i = 0; i < HEAD; i++) {
                    joined[head * HEAD + i] += Math.exp(scores[other] - largest) / all * value[i];
                }
            }
        }
        return product(attention + ".o", joined);
    }

    private static double[] part(double[] x, int head) {
        return Arrays.copyOfRange(x, head * HEAD, (head + 1) * HEAD);
    }

    private static double[] fed(String feed, double[] x) {
        var gate = product(feed + ".wi_0", x);
        var line = product(feed + ".wi_1", x);
        for (int i = 0; i < line.length; i++) {
            double cubed = gate[i] + 0.044715 * gate[i] * gate[i] * gate[i];
            line[i] *= gate[i] / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * cubed));
        }
        return product(feed + ".wo", line);
    }

    private static double[][] states(int[] words, int layers) {
        var x = Arrays.stream(words).mapToObj(word -> row(NUMBERS.get("shared.weight"), word, WIDTH)).toArray(double[][]::new);
        for (int i = 0; i < layers; i++) {
            var block = "encoder.block." + i + ".layer.";
            var before = x;
            var seen = attended(block + "0.SelfAttention", Arrays.stream(before).map(each -> normed(block + "0.layer_norm", each)).toArray(double[][]::new));
            x = IntStream.range(0, before.length)
                    .mapToObj(at -> sum(before[at], seen[at]))
                    .map(each -> sum(each, fed(block + "1.DenseReluDense", normed(block + "1.layer_norm", each))))
                    .toArray(double[][]::new);
        }
        return Arrays.stream(x).map(each -> normed("encoder.final_layer_norm", each)).toArray(double[][]::new);
    }

    @ParameterizedTest
    @CsvSource({"-1, 3", "-2, 2", "-3, 1", "-4, 3"})
    void statesAreThoseOfThePaperAfterTheWantedLayer(int layer, int layers) {
        // The whole length once; for the other layers the buckets are known to be right.
        var words = IntStream.range(0, layer == -1 ? LENGTH : 10).map(i -> (i * i + 3 * i) % WORDS).toArray();
        var tokens = Arrays.stream(words).mapToObj(Token::plain).toList();
        try (var _ = new TensorScope()) {
            var expected = Arrays.stream(states(words, layers)).flatMapToDouble(Arrays::stream).toArray();
            assertArrayEquals(expected, model.run(List.of(tokens), layer).toDoubles(), 2e-5);
        }
    }
}

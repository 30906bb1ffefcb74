package org.comfyee.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.patch.AttentionInputs;
import org.comfyee.diffusion.patch.AttentionPlace;
import org.comfyee.diffusion.patch.GuidanceStep;
import org.comfyee.diffusion.patch.Pass;
import org.comfyee.diffusion.patch.Section;
import org.comfyee.diffusion.patch.SkippedLayers;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Guidance, against the formulas of the papers in plain arithmetic over two items of 3 channels and 2x2 cells. */
class GuidanceNodesTest {
    private static final int ITEM = 12;
    private static final double SCALE = 5;
    private static final float SIGMA = 2;

    private TensorScope scope;
    private float[] x;
    private float[] c;
    private float[] u;

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    @BeforeEach
    void draw() {
        scope = new TensorScope();
        try (var random = Generator.seeded(11)) {
            x = drawn(random).mul(3).toFloats();
            c = drawn(random).toFloats();
            u = drawn(random).toFloats();
        }
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor drawn(Generator random) {
        return Tensor.randn(random, ScalarType.FLOAT32, 2, 3, 2, 2);
    }

    private static Tensor tensor(float[] values) {
        return Tensor.of(values, 2, 3, 2, 2);
    }

    private GuidanceStep step(ToyModel.Answers answers) {
        return ToyModel.step(tensor(x), SIGMA, tensor(c), tensor(u), SCALE, answers);
    }

    private float[] guided(DiffusionModel model) {
        return guided(model, (_, _, _) -> {
            throw new AssertionError("the model was asked again");
        });
    }

    private float[] guided(DiffusionModel model, ToyModel.Answers answers) {
        return ToyModel.guided(model, step(answers)).contiguous().toFloats();
    }

    private static DiffusionModel patched(String node, Object... namesAndValues) {
        var all = new Object[namesAndValues.length + 2];
        all[0] = "model";
        all[1] = ToyModel.MODEL;
        System.arraycopy(namesAndValues, 0, all, 2, namesAndValues.length);
        return (DiffusionModel) NodeCall.run(node, all).getFirst();
    }

    private static void assertIs(IntToDoubleFunction expected, float[] given) {
        for (int i = 0; i < given.length; i++) {
            assertEquals(expected.applyAsDouble(i), given[i], 2e-5 * Math.max(1, Math.abs(given[i])), "value " + i);
        }
    }

    /** The sum over the item that a value is of. */
    private static double overItem(int i, IntToDoubleFunction value) {
        int first = i / ITEM * ITEM;
        return IntStream.range(first, first + ITEM).mapToDouble(value).sum();
    }

    /** The length of the vector over the channels of the cell that a value is of. */
    private static double overChannels(int i, IntToDoubleFunction value) {
        int cell = i / ITEM * ITEM + i % 4;
        return Math.sqrt(IntStream.of(cell, cell + 4, cell + 8).mapToDouble(value).map(each -> each * each).sum());
    }

    private double cfg(int i) {
        return u[i] + SCALE * (c[i] - u[i]);
    }

    @Test
    void zeroStarScalesTheUnwantedGuess() {
        assertIs(i -> {
            double dot = overItem(i, j -> ((double) x[j] - c[j]) * (x[j] - u[j]));
            double a = dot / (overItem(i, j -> Math.pow((double) x[j] - u[j], 2)) + 1e-8);
            return a * u[i] + SCALE * (c[i] - a * u[i]);
        }, guided(patched("CFGZeroStar")));
    }

    @Test
    void normIsNoLongerThanThatOfTheWantedGuess() {
        assertIs(i -> cfg(i) * Math.min(1, overChannels(i, j -> c[j]) / (overChannels(i, this::cfg) + 1e-8)) * 0.7,
                guided(patched("CFGNorm", "strength", 0.7)));
    }

    @Test
    void projectionScalesThePartAlongTheWantedGuess() {
        double eta = 0.3;
        double longest = 1.5;
        assertIs(i -> {
            double length = Math.sqrt(overItem(i, j -> Math.pow((double) c[j] - u[j], 2)));
            double shortened = Math.min(1, longest / length);
            double along = overItem(i, j -> ((double) c[j] - u[j]) * shortened * c[j]) / overItem(i, j -> (double) c[j] * c[j]);
            double g = (c[i] - u[i]) * shortened;
            double moved = u[i] + g - along * c[i] + eta * along * c[i] + (c[i] - u[i]) / SCALE;
            return u[i] + SCALE * (moved - u[i]);
        }, guided(patched("APG", "eta", eta, "norm_threshold", longest)));
    }

    @Test
    void momentumAddsTheGuidanceOfStepsBeforeUntilSigmaRises() {
        var patch = ToyModel.guidance(patched("APG", "momentum", -0.5, "norm_threshold", 0.0));
        var first = step(null);
        var second = new GuidanceStep(first.x(), 1, first.wanted().mul(2), first.unwanted(), SCALE, true, true, first.questions());
        patch.before(first);
        var moved = patch.before(second).wanted().contiguous().toFloats();
        assertIs(i -> u[i] + (2.0 * c[i] - u[i]) - 0.5 * (c[i] - u[i]) + (2.0 * c[i] - u[i]) / SCALE, moved);
        var anew = patch.before(first).wanted().contiguous().toFloats();
        assertIs(i -> c[i] + (c[i] - u[i]) / SCALE, anew);
    }

    @Test
    void tangentialDampingKeepsWhatLiesAlongTheMainDirection() {
        var prepared = ToyModel.guidance(patched("TCFG")).before(step(null)).unwanted().contiguous().toFloats();
        assertIs(i -> {
            // The first right singular vector by power iteration.
            int first = i / ITEM * ITEM;
            var v = new double[ITEM];
            Arrays.fill(v, 0.5);
            for (int round = 0; round < 2000; round++) {
                double a = 0;
                double b = 0;
                for (int j = 0; j < ITEM; j++) {
                    a += v[j] * (x[first + j] - u[first + j]);
                    b += v[j] * (x[first + j] - c[first + j]);
                }
                double square = 0;
                for (int j = 0; j < ITEM; j++) {
                    v[j] = a * (x[first + j] - u[first + j]) + b * (x[first + j] - c[first + j]);
                    square += v[j] * v[j];
                }
                for (int j = 0; j < ITEM; j++) {
                    v[j] /= Math.sqrt(square);
                }
            }
            return x[i] - overItem(i, j -> ((double) x[j] - u[j]) * v[j - first]) * v[i - first];
        }, prepared);
    }

    @Test
    void frequenciesOfTheGuidanceAreScaled() {
        // Of 2x2 cells, a cutoff of 1 takes all frequencies for low.
        assertIs(i -> u[i] + SCALE * 0.5 * (c[i] - u[i]), guided(patched("FreSca", "scale_low", 0.5, "freq_cutoff", 1)));
    }

    @Test
    void noiseIsScaled() {
        assertIs(i -> x[i] - (x[i] - cfg(i)) / 1.2, guided(patched("Epsilon Scaling", "scaling_factor", 1.2)));
    }

    @Test
    void renormalisedGuidanceBeginsBelowASigma() {
        assertIs(i -> c[i], guided(patched("RenormCFG", "cfg_trunc", 1.5, "renorm_cfg", 1.0)));
        assertIs(i -> {
            double length = Math.sqrt(overItem(i, j -> cfg(j) * cfg(j)));
            return cfg(i) * Math.min(1, 1.1 * Math.sqrt(overItem(i, j -> (double) c[j] * c[j])) / length);
        }, guided(patched("RenormCFG", "cfg_trunc", 3.0, "renorm_cfg", 1.1)));
        assertIs(this::cfg, guided(patched("RenormCFG", "cfg_trunc", 3.0, "renorm_cfg", 0.0)));
    }

    @Test
    void mahiroLeansToTheLeapWhereBothAreUnlike() {
        IntToDoubleFunction one = i -> Math.signum(u[i]) * Math.sqrt(Math.abs(u[i] * SCALE));
        IntToDoubleFunction other = i -> {
            double merged = (c[i] * SCALE + cfg(i)) / 2;
            return Math.signum(merged) * Math.sqrt(Math.abs(merged));
        };
        double likeness = IntStream.of(0, 1, 2, 3, 12, 13, 14, 15).mapToDouble(cell -> {
            double dot = IntStream.of(cell, cell + 4, cell + 8).mapToDouble(i -> one.applyAsDouble(i) * other.applyAsDouble(i)).sum();
            return dot / overChannels(cell, one) / overChannels(cell, other);
        }).average().orElseThrow();
        double k = 2 * (likeness + 1);
        assertIs(i -> (k * cfg(i) + (4 - k) * c[i] * SCALE) / 4, guided(patched("Mahiro")));
    }

    @Test
    void perpendicularNegativeIsTakenFromTheWholeBatch() {
        var empty = new float[x.length];
        Arrays.fill(empty, 0.25f);
        double along = IntStream.range(0, x.length).mapToDouble(i -> (c[i] - 0.25) * (u[i] - 0.25)).sum()
                / IntStream.range(0, x.length).mapToDouble(i -> Math.pow(c[i] - 0.25, 2)).sum();
        assertIs(i -> 0.25 + SCALE * (c[i] - 0.25 - 0.8 * (u[i] - 0.25 - along * (c[i] - 0.25))),
                guided(patched("PerpNeg", "empty_conditioning", ToyModel.text(0), "neg_scale", 0.8), (text, _, _) -> {
                    assertEquals("other", text);
                    return tensor(empty);
                }));
    }

    @Test
    void perturbedAttentionPushesAwayFromTheBlindGuess() {
        var blind = new Tensor[] {tensor(u).mul(0.5)};
        var model = patched("PerturbedAttentionGuidance", "scale", 3.0);
        assertIs(i -> cfg(i) + 3 * (c[i] - 0.5 * u[i]), guided(model, (text, asked, further) -> {
            assertEquals("wanted", text);
            var values = Tensor.of(new float[] {1, 2}, 1, 1, 2);
            var inputs = new AttentionInputs(values.mul(3), values.mul(5), values);
            var pass = new Pass(further, SIGMA, List.of(0), 2, 2);
            assertSame(values, pass.attend(new AttentionPlace(Section.MIDDLE, 0, 6, 0, false, 1, 1, 1), inputs).orElseThrow());
            assertTrue(pass.attend(new AttentionPlace(Section.MIDDLE, 0, 6, 0, true, 1, 1, 1), inputs).isEmpty());
            assertTrue(pass.attend(new AttentionPlace(Section.INPUT, 0, 6, 0, false, 1, 1, 1), inputs).isEmpty());
            return blind[0];
        }));
    }

    @Test
    void skippedLayersCountInTheirPartOfTheSampling() {
        // Sigma 2 lies at about 0.45 of the sampling.
        var inside = patched("SkipLayerGuidanceDiT", "double_layers", "7; 12", "single_layers", "x", "scale", 2.0,
                "start_percent", 0.2, "end_percent", 0.7, "rescaling_scale", 0.4);
        var skipped = tensor(u).mul(0.5);
        var moved = IntStream.range(0, x.length).mapToDouble(i -> cfg(i) + 2 * (c[i] - 0.5 * u[i])).toArray();
        double factor = 0.4 * deviation(IntStream.range(0, x.length).mapToDouble(i -> c[i]).toArray()) / deviation(moved) + 0.6;
        assertIs(i -> moved[i] * factor, guided(inside, (text, _, further) -> {
            assertEquals("wanted", text);
            assertEquals(List.of(new SkippedLayers(List.of(7, 12), List.of())), further);
            return skipped;
        }));
        assertIs(this::cfg, guided(patched("SkipLayerGuidanceSD3", "start_percent", 0.6, "end_percent", 0.7)));
        assertSame(ToyModel.MODEL, patched("SkipLayerGuidanceDiT", "double_layers", "", "single_layers", "none"));
        var simple = ToyModel.guidance(patched(
                "SkipLayerGuidanceDiTSimple", "double_layers", "1", "single_layers", "2", "end_percent", 0.5));
        assertEquals(List.of(new SkippedLayers(List.of(1), List.of(2))), simple.onlyForUnwanted(SIGMA));
        assertEquals(List.of(), simple.onlyForUnwanted(0.1f));
    }

    private static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        return Math.sqrt(Arrays.stream(values).map(each -> (each - mean) * (each - mean)).sum() / (values.length - 1));
    }

    @Test
    void selfAttentionGuidanceBlursWhereTheModelLooks() {
        var hooks = ToyModel.started(patched("SelfAttentionGuidance", "scale", 0.7, "blur_sigma", 1.0), 1, 0);
        assertTrue(hooks.guidance().orElseThrow().needsUnwanted());
        // Two tokens, the second of which both look at; the unwanted text is the first of the batch.
        var query = Tensor.of(new float[] {1, 1, 1, -1}, 2, 2, 1);
        var key = Tensor.of(new float[] {0, 3, 0, 1}, 2, 2, 1);
        var place = new AttentionPlace(Section.MIDDLE, 0, 6, 0, false, 1, 1, 2);
        var pass = new Pass(List.of(hooks.network().orElseThrow()), 1, List.of(1, 0), 6, 12);
        pass.attend(place, new AttentionInputs(query, key, key)).orElseThrow();
        var picture = new float[72];
        picture[2 * 12 + 3] = 1;
        picture[2 * 12 + 9] = 1;
        var unwanted = Tensor.of(picture, 1, 1, 6, 12);
        var zero = unwanted.mul(0);
        var asked = new Tensor[1];
        var step = ToyModel.step(zero.add(1), 1, zero, unwanted, 1, (text, x, _) -> {
            assertEquals("unwanted", text);
            asked[0] = x;
            return zero;
        });
        var guided = hooks.guidance().orElseThrow().after(step, zero).contiguous().toFloats();
        double sum = 0;
        for (int i = -4; i <= 4; i++) {
            sum += Math.exp(-0.5 * i * i);
        }
        // Left half as it was, right half blurred; what lies beyond the edges is mirrored.
        assertEquals(0.7, guided[2 * 12 + 3], 1e-5);
        assertEquals(0, guided[2 * 12 + 4], 1e-6);
        assertEquals(0.7 * Math.pow(1 + Math.exp(-8), 2) / (sum * sum), guided[2 * 12 + 9], 1e-6);
        assertEquals(0.7 * (Math.exp(-0.5) + Math.exp(-4.5)) * (1 + Math.exp(-8)) / (sum * sum), guided[2 * 12 + 10], 1e-6);
        assertEquals(1, asked[0].contiguous().toFloats()[2 * 12 + 3], 1e-6);
    }
}

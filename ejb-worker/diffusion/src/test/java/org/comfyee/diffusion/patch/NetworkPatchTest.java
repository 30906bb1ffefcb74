package org.comfyee.diffusion.patch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.model.DiffusionModel;
import org.comfyee.diffusion.model.NetworkInput;
import org.comfyee.diffusion.model.TensorSlot;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.Generator;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Patches in a U-Net of synthetic weights: 16x8 latents, two items. */
class NetworkPatchTest {
    private static final long HEIGHT = 16;
    private static final long WIDTH = 8;

    @TempDir
    private static Path directory;

    private static DiffusionModel model;

    private TensorScope scope;
    private Generator random;
    private Tensor latents;
    private Tensor text;

    @BeforeAll
    static void load() throws IOException {
        Torch.loadConfigured();
        var file = directory.resolve("tiny.safetensors");
        SyntheticCheckpoint.write(file, SyntheticCheckpoint.Layout.TINY_SD15);
        model = CheckpointLoader.load(file).model();
    }

    @BeforeEach
    void open() {
        scope = new TensorScope();
        random = Generator.seeded(7);
        latents = Tensor.randn(random, ScalarType.FLOAT32, 2, 4, HEIGHT, WIDTH);
        text = Tensor.randn(random, ScalarType.FLOAT32, 2, 5, 64);
    }

    @AfterEach
    void close() {
        random.close();
        scope.close();
    }

    private Tensor predicted(NetworkPatch... patches) {
        var pass = patches.length == 0 ? Pass.PLAIN : new Pass(List.of(patches), 1, List.of(1, 0), HEIGHT, WIDTH);
        var input = new NetworkInput(latents, new float[] {500, 500}, Map.of(TensorSlot.CONTEXT, text), Optional.empty(), pass);
        return model.source().network().predict(input);
    }

    private static double distance(Tensor one, Tensor other) {
        return Math.sqrt(one.sub(other).square().sum().item() / other.square().sum().item());
    }

    @Test
    void patchThatChangesNothingChangesNothing() {
        assertTrue(distance(predicted(new NetworkPatch() {}), predicted()) < 1e-6);
    }

    @Test
    void attentionIsReplacedBetweenItsProjections() {
        var plain = predicted();
        var written = predicted(new NetworkPatch() {
            @Override
            public Optional<Tensor> attend(Pass pass, AttentionPlace place, AttentionInputs projected) {
                var scores = heads(projected.query(), place).matmul(heads(projected.key(), place).transpose(2, 3));
                long size = projected.query().size(2) / place.heads();
                var attended = scores.div(Math.sqrt(size)).softmax(3).matmul(heads(projected.value(), place));
                return Optional.of(attended.transpose(1, 2).reshape(projected.query().shape()));
            }

            private static Tensor heads(Tensor x, AttentionPlace place) {
                return x.reshape(x.size(0), x.size(1), place.heads(), x.size(2) / place.heads()).transpose(1, 2);
            }
        });
        assertTrue(distance(written, plain) < 1e-5);
    }

    @Test
    void lastAddedReplacementIsAskedFirst() {
        var asked = new ArrayList<String>();
        class Named implements NetworkPatch {
            private final String name;

            Named(String name) {
                this.name = name;
            }

            @Override
            public Optional<Tensor> attend(Pass pass, AttentionPlace place, AttentionInputs projected) {
                asked.add(name);
                return name.equals("last") && !place.cross() ? Optional.of(projected.query()) : Optional.empty();
            }
        }
        predicted(new Named("first"), new Named("last"));
        assertEquals(List.of("last", "last", "first"), asked.subList(0, 3));
    }

    @Test
    void everyPlaceIsNamed() {
        var places = new ArrayList<AttentionPlace>();
        predicted(new NetworkPatch() {
            @Override
            public Tensor betweenAttentions(Pass pass, AttentionPlace place, Tensor h) {
                places.add(place);
                assertEquals(place.height() * place.width(), h.size(1));
                return h;
            }
        });
        // Stable Diffusion 1.5: six blocks with attention on the way down, one in the middle, nine on the way up.
        assertEquals(16, places.size());
        for (int i = 0; i < places.size(); i++) {
            assertEquals(i, places.get(i).transformer());
        }
        assertEquals(new AttentionPlace(Section.INPUT, 1, 0, 0, false, 8, HEIGHT, WIDTH), places.getFirst());
        assertEquals(new AttentionPlace(Section.MIDDLE, 0, 6, 0, false, 8, HEIGHT / 8, WIDTH / 8), places.get(6));
        assertEquals(new AttentionPlace(Section.OUTPUT, 11, 15, 0, false, 8, HEIGHT, WIDTH), places.getLast());
    }

    @Test
    void skipsAreTakenBetweenBothHooksOfAnInputBlock() {
        var seen = new HashSet<Double>();
        predicted(new NetworkPatch() {
            @Override
            public Tensor afterInput(Pass pass, int block, Tensor h) {
                return h.mul(0).add(block);
            }

            @Override
            public Tensor afterSkip(Pass pass, int block, Tensor h) {
                return h.mul(0).add(-1);
            }

            @Override
            public Joint beforeOutput(Pass pass, int block, Joint joint) {
                assertEquals(11 - block, joint.skip().max().item());
                assertEquals(11 - block, joint.skip().min().item());
                seen.add(joint.skip().max().item());
                return joint;
            }
        });
        assertEquals(12, seen.size());
    }

    @Test
    void tokensThatAreNotMergedChangeNothing() {
        assertTrue(distance(predicted(new TokenMerging(0, () -> random)), predicted()) < 1e-5);
    }

    @Test
    void mostSimilarTokensAreAveragedIntoTheirTargetAndSharedBack() {
        var merging = new TokenMerging(0.5, () -> random);
        var place = new AttentionPlace(Section.INPUT, 1, 0, 0, false, 1, 2, 4);
        var pass = new Pass(List.of(merging), 1, List.of(0), 2, 4);
        // Two windows. All tokens point nearly the same way but for two that point away.
        var values = new float[] {1, 0, 1, 0.01f, 1, 0.02f, 1, 0.03f, 1, 0.04f, 1, 0.05f, 1, 0.06f, 1, 0.07f};
        var x = Tensor.of(values, 1, 8, 2);
        var merged = merging.attentionInputs(pass, place, new AttentionInputs(x, x, x)).query();
        // 8 tokens, 2 of them targets, 4 merged: 2 stay as they are.
        assertEquals(4, merged.size(1));
        var restored = merging.attended(pass, place, merged).toFloats();
        // Each group of the merged has one value, the mean of its members; the sum over all is kept.
        var groups = new HashSet<Float>();
        double sum = 0;
        double wanted = 0;
        for (int i = 0; i < 8; i++) {
            groups.add(restored[2 * i + 1]);
            sum += restored[2 * i + 1];
            wanted += values[2 * i + 1];
        }
        assertEquals(4, groups.size());
        assertEquals(wanted, sum, 1e-5);
    }

    @Test
    void onlyTheHighestResolutionMerges() {
        var sizes = new HashSet<Long>();
        predicted(new TokenMerging(0.5, () -> random), new NetworkPatch() {
            @Override
            public AttentionInputs attentionInputs(Pass pass, AttentionPlace place, AttentionInputs inputs) {
                if (!place.cross()) {
                    sizes.add(inputs.query().size(1));
                }
                return inputs;
            }
        });
        assertEquals(Set.of(HEIGHT * WIDTH / 2, HEIGHT * WIDTH / 4, HEIGHT * WIDTH / 16, HEIGHT * WIDTH / 64), sizes);
    }

    @Test
    void targetsAreThoseOfPyTorchsRandomIntegers() {
        // MT19937 of seed 0 begins with 2357136044, 2546248239, 3071714933: modulo 4 the first pixel of a window, the last one, and the second.
        try (var zero = Generator.seeded(0)) {
            var merging = new TokenMerging(0.125, () -> zero);
            var place = new AttentionPlace(Section.INPUT, 1, 0, 0, false, 1, 2, 4);
            var x = Tensor.of(new float[] {1, 0, 1, 0.1f, 0, 1, 0.05f, 1, 1, 0.2f, 1, 0.3f, 0.1f, 1, 0.3f, 1}, 1, 8, 2);
            var merged = merging.attentionInputs(new Pass(List.of(merging), 1, List.of(0), 2, 4), place, new AttentionInputs(x, x, x)).query();
            // The targets come last, and one of the eight, the second pixel, is most like the first.
            assertEquals(7, merged.size(1));
            assertArrayEquals(new float[] {1, 0.05f, 0.3f, 1}, merged.narrow(1, 5, 2).contiguous().toFloats(), 1e-6f);
            assertEquals(1, Tensor.randint(zero, 4, 1).toLongs()[0]);
        }
    }

    @Test
    void queriesAreCutIntoTilesAndWhatTheyLookAtInReadingOrder() {
        // Tiles of 4x4 latents. 16 rows of 8 are taken for 8 rows of 16: 2 by 4 tiles.
        var tiling = new Tiling(32, 1, 0, false, () -> random);
        var place = new AttentionPlace(Section.INPUT, 1, 0, 0, false, 1, HEIGHT, WIDTH);
        var pass = new Pass(List.of(tiling), 1, List.of(0), HEIGHT, WIDTH);
        var tokens = Tensor.randn(random, ScalarType.FLOAT32, 1, HEIGHT * WIDTH, 3);
        var map = tokens.reshape(1, 8, 16, 3);
        var cut = tiling.attentionInputs(pass, place, new AttentionInputs(tokens, tokens, tokens));
        assertEquals(8, cut.query().size(0));
        for (int tile = 0; tile < 8; tile++) {
            var expected = map.narrow(1, tile / 4 * 4, 4).narrow(2, tile % 4 * 4, 4).reshape(16, 3);
            assertTrue(distance(cut.query().select(0, tile), expected) == 0);
            assertTrue(distance(cut.value().select(0, tile), tokens.select(0, 0).narrow(0, tile * 16L, 16)) == 0);
        }
        assertTrue(distance(tiling.attended(pass, place, cut.query()), tokens) == 0);
    }

    @Test
    void oneTileIsTheWholePicture() {
        assertTrue(distance(predicted(new Tiling(2048, 1, 3, true, () -> random)), predicted()) < 1e-6);
        assertTrue(distance(predicted(new Tiling(32, 2, 1, false, () -> random)), predicted()) > 1e-4);
    }
}

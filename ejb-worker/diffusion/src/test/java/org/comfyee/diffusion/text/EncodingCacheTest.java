package org.comfyee.diffusion.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorFile;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts that were encoded before are not encoded again by the same model. */
class EncodingCacheTest {
    @TempDir
    private Path directory;

    private TextEncoder encoder;
    /** How often a weight was read. */
    private int reads;

    @BeforeEach
    void open() throws IOException {
        Torch.loadConfigured();
        var file = directory.resolve("sd15.safetensors");
        SyntheticCheckpoint.write(file, SyntheticCheckpoint.Layout.TINY_SD15);
        var stored = SafetensorsFile.open(file);
        var counted = new TensorFile() {
            @Override
            public Set<String> names() {
                return stored.names();
            }

            @Override
            public ScalarType dtype(String name) {
                return stored.dtype(name);
            }

            @Override
            public long[] shape(String name) {
                return stored.shape(name);
            }

            @Override
            public Tensor tensor(String name) {
                reads++;
                return stored.tensor(name);
            }

            @Override
            public void unload(String name) {
                stored.unload(name);
            }
        };
        encoder = new SingleTextEncoder(ClipUse.SD1_L, Weights.of(counted).at("cond_stage_model.transformer"));
    }

    /** How often a weight is read to encode a text. */
    private int readsOf(TextEncoder encoder, String text) {
        try (var _ = new TensorScope()) {
            int before = reads;
            encoder.encode(text);
            return reads - before;
        }
    }

    private static float[] encoded(TextEncoder encoder, String text) {
        try (var _ = new TensorScope()) {
            return encoder.encode(text).cond().toFloats();
        }
    }

    @Test
    void theSameTextIsEncodedOnce() {
        var first = encoded(encoder, "a (red:1.2) cat");
        assertEquals(0, readsOf(encoder, "a (red:1.2) cat"));
        assertEquals(0, readsOf(encoder.withEmbeddings(Embeddings.NONE), "a  (red:1.2)  cat"));
        assertArrayEquals(first, encoded(encoder, "a (red:1.2) cat"));
        assertTrue(readsOf(encoder, "a (red:1.3) cat") > 0);
        assertTrue(readsOf(encoder, "a red cat") > 0);
    }

    @Test
    void otherLayersAndOtherWeightsAreOtherEncodings() {
        var first = encoded(encoder, "a cat");
        assertTrue(readsOf(encoder.withLastLayer(-2), "a cat") > 0);
        assertEquals(0, readsOf(encoder.withLastLayer(-2), "a cat"));
        assertFalse(Arrays.equals(first, encoded(encoder.withLastLayer(-2), "a cat")));
        var patched = encoder.withParts(Map.of(TextPart.CLIP_L, encoder.parts().get(TextPart.CLIP_L)
                .changed(weight -> weight.patched(weight.shape(), value -> value.mul(1.1)))));
        assertFalse(Arrays.equals(first, encoded(patched, "a cat")));
        assertArrayEquals(first, encoded(encoder, "a cat"));
    }

    @Test
    void whatIsGivenOutMayBeChanged() {
        try (var _ = new TensorScope()) {
            var first = encoder.encode("a cat").cond();
            var values = first.toFloats();
            first.fillInPlace(0);
            var second = encoder.encode("a cat").cond();
            assertArrayEquals(values, second.toFloats());
            second.fillInPlace(0);
            assertArrayEquals(values, encoder.encode("a cat").cond().toFloats());
        }
    }

    @Test
    void learntVectorsCountByTheirNumbers() {
        try (var _ = new TensorScope()) {
            var one = List.of(List.of(new Token(0, 1, Optional.of(Tensor.of(new float[] {1, 2}, 2)))));
            var same = List.of(List.of(new Token(0, 1, Optional.of(Tensor.of(new float[] {1, 2}, 2)))));
            var other = List.of(List.of(new Token(0, 1, Optional.of(Tensor.of(new float[] {1, 3}, 2)))));
            assertEquals(EncodingCache.key(one), EncodingCache.key(same));
            assertFalse(EncodingCache.key(one).equals(EncodingCache.key(other)));
        }
    }

    @Test
    void theOldestGoWhereThereAreTooMany() {
        var cache = new EncodingCache();
        var made = new int[1];
        try (var _ = new TensorScope()) {
            for (int i = 0; i < 9; i++) {
                cache.get(i, () -> List.of(Tensor.zeros(ScalarType.FLOAT32, 1 << 20)));
            }
            cache.get(8, () -> {
                made[0]++;
                return List.of(Tensor.zeros(ScalarType.FLOAT32, 1));
            });
            assertEquals(0, made[0]);
            cache.get(0, () -> {
                made[0]++;
                return List.of(Tensor.zeros(ScalarType.FLOAT32, 1));
            });
            assertEquals(1, made[0]);
        }
    }
}

package org.comfyee.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Expected values were printed by PyTorch 2.13 with {@code torch.Generator().manual_seed(...)}. */
@ExtendWith(LoadedTorch.class)
final class GeneratorTest {

    @Test
    void fewNumbersEqualPyTorchs() {
        try (var _ = new TensorScope(); var generator = Generator.seeded(42)) {
            assertArrayEquals(new float[] {0.33669036626815796f, 0.12880940735340118f, 0.23446236550807953f, 0.23033303022384644f},
                    Tensor.randn(generator, ScalarType.FLOAT32, 4).toFloats());
        }
    }

    @Test
    void aWholeLatentAndWhatFollowsItEqualPyTorchsToTheBit() {
        try (var _ = new TensorScope(); var generator = Generator.seeded(123456789012L)) {
            var latent = Tensor.randn(generator, ScalarType.FLOAT32, 1, 4, 8, 8);
            var crc = new CRC32();
            crc.update(latent.data().asByteBuffer());
            assertEquals(3485417933L, crc.getValue());
            assertArrayEquals(new float[] {0.1314653754234314f, 0.2059052586555481f}, Tensor.rand(generator, ScalarType.FLOAT32, 2).toFloats());
        }
    }

    @Test
    void reseedingStartsAgain() {
        try (var _ = new TensorScope(); var generator = Generator.seeded(7)) {
            var first = Tensor.randn(generator, ScalarType.FLOAT32, 32).toFloats();
            generator.reseed(7);
            assertArrayEquals(first, Tensor.randn(generator, ScalarType.FLOAT32, 32).toFloats());
        }
    }
}

package org.comfyee.diffusion.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.comfyee.torch.Device;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LatentFormatTest {

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    static Stream<LatentFormat> formats() {
        return Stream.of(LatentFormat.SD15, LatentFormat.SDXL, LatentFormat.SD3, LatentFormat.FLUX, LatentFormat.UPSCALER, LatentFormat.PLAYGROUND);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void latentsStayWhereTheyLieAndOfTheirType(LatentFormat format) {
        try (var _ = new TensorScope()) {
            var latents = Tensor.full(0.5, ScalarType.FLOAT32, 1, format.channels(), 2, 2);
            var there = format.toModel(latents.to(Device.STAND_IN));
            assertEquals(Device.STAND_IN, there.device());
            assertArrayEquals(format.toModel(latents).toFloats(), there.toFloats());
            assertArrayEquals(latents.toFloats(), format.fromModel(there).toFloats(), 1e-5f);
            assertEquals(ScalarType.FLOAT16, format.toModel(latents.to(ScalarType.FLOAT16)).dtype());
        }
    }
}

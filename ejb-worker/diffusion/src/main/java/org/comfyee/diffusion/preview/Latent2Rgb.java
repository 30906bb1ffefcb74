package org.comfyee.diffusion.preview;

import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/** A rough picture of latents by a linear map from channels to colours. */
public final class Latent2Rgb {
    private Latent2Rgb() {}

    /** @param rgb three bytes for each pixel, row by row */
    public record Pixels(int width, int height, byte[] rgb) {}

    /** @param latents in the model's units; the first of the batch is shown */
    public static Pixels render(Tensor latents, LatentFormat format) {
        try (var scope = new TensorScope()) {
            var first = latents.select(0, 0);
            int height = (int) first.size(1);
            int width = (int) first.size(2);
            var factors = new float[format.channels() * 3];
            for (int i = 0; i < factors.length; i++) {
                factors[i] = format.rgb()[i / 3][i % 3];
            }
            var colours = first.permute(1, 2, 0).reshape((long) height * width, format.channels())
                    .matmul(Tensor.of(factors, format.channels(), 3))
                    .add(Tensor.of(format.rgbBias(), 3));
            var bytes = colours.add(1).div(2).clamp(0, 1).mul(255).to(ScalarType.UINT8).contiguous();
            return new Pixels(width, height, bytes.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
        }
    }
}

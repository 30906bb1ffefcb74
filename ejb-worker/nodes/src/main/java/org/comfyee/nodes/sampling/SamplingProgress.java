package org.comfyee.nodes.sampling;

import java.awt.image.BufferedImage;
import java.util.Optional;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.preview.Latent2Rgb;
import org.comfyee.diffusion.sampling.StepListener;
import org.comfyee.nodes.Preferences;
import org.comfyee.nodes.image.Pictures;
import org.comfyee.torch.Tensor;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.Preview;

/** Tells clients of each sampling step, with a preview if the operator wants these. */
record SamplingProgress(NodeContext context, LatentFormat format) implements StepListener {
    private static final float JPEG_QUALITY = 0.95f;

    @Override
    public void stepped(int step, int total, Tensor denoised) {
        context.progress(step + 1, total, preview(denoised));
    }

    private Optional<Preview> preview(Tensor denoised) {
        var preferences = context.service(Preferences.class);
        if (preferences.preview() == Preferences.PreviewMethod.NONE) {
            return Optional.empty();
        }
        var pixels = Latent2Rgb.render(denoised, format);
        var small = new BufferedImage(pixels.width(), pixels.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < pixels.width() * pixels.height(); i++) {
            int r = pixels.rgb()[3 * i] & 0xff;
            int g = pixels.rgb()[3 * i + 1] & 0xff;
            int b = pixels.rgb()[3 * i + 2] & 0xff;
            small.setRGB(i % pixels.width(), i / pixels.width(), r << 16 | g << 8 | b);
        }
        return Optional.of(new Preview("image/jpeg", Pictures.jpeg(Pictures.fitted(small, preferences.previewSize()), JPEG_QUALITY)));
    }
}

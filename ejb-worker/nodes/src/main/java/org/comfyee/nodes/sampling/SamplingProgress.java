package org.comfyee.nodes.sampling;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.Function;
import org.comfyee.diffusion.checkpoint.VaeFiles;
import org.comfyee.diffusion.model.LatentFormat;
import org.comfyee.diffusion.preview.Latent2Rgb;
import org.comfyee.diffusion.sampling.StepListener;
import org.comfyee.diffusion.vae.TinyDecoder;
import org.comfyee.nodes.Preferences;
import org.comfyee.nodes.TinyVae;
import org.comfyee.nodes.image.Pictures;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.Preview;

/** Tells clients of each sampling step, with a preview if the operator or the client wants these. */
final class SamplingProgress implements StepListener {
    private static final System.Logger LOG = System.getLogger(SamplingProgress.class.getName());
    private static final float JPEG_QUALITY = 0.95f;

    private final NodeContext context;
    private final Preferences preferences;
    /** Paints latents in the model's units. */
    private final Optional<Function<Tensor, BufferedImage>> painter;

    SamplingProgress(NodeContext context, LatentFormat format) {
        this.context = context;
        preferences = context.service(Preferences.class);
        painter = switch (preferences.preview(context)) {
            case NONE -> Optional.empty();
            case LATENT2RGB -> Optional.of(latents -> linear(latents, format));
            case TAESD -> Optional.of(decoder(context, format)
                    .<Function<Tensor, BufferedImage>>map(decoder -> latents -> decoded(latents, decoder))
                    .orElse(latents -> linear(latents, format)));
        };
    }

    @Override
    public void stepped(int step, int total, Tensor denoised) {
        context.progress(step + 1, total, painter.map(paint -> preview(paint.apply(denoised))));
    }

    private Preview preview(BufferedImage picture) {
        return new Preview("image/jpeg", Pictures.jpeg(Pictures.fitted(picture, preferences.previewSize()), JPEG_QUALITY));
    }

    private static BufferedImage linear(Tensor denoised, LatentFormat format) {
        var pixels = Latent2Rgb.render(denoised, format);
        var small = new BufferedImage(pixels.width(), pixels.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < pixels.width() * pixels.height(); i++) {
            int r = pixels.rgb()[3 * i] & 0xff;
            int g = pixels.rgb()[3 * i + 1] & 0xff;
            int b = pixels.rgb()[3 * i + 2] & 0xff;
            small.setRGB(i % pixels.width(), i / pixels.width(), r << 16 | g << 8 | b);
        }
        return small;
    }

    private static BufferedImage decoded(Tensor denoised, TinyDecoder decoder) {
        try (var _ = new TensorScope()) {
            return Pictures.of(decoder.apply(denoised.narrow(0, 0, 1)).select(0, 0).permute(1, 2, 0));
        }
    }

    private static Optional<TinyDecoder> decoder(NodeContext context, LatentFormat format) {
        var file = TinyVae.of(format).flatMap(tiny -> tiny.decoder(context.folders()));
        if (file.isEmpty()) {
            LOG.log(Level.WARNING, "there is no TAESD in models/vae_approx that decodes this model's latents; previews are rough");
            return Optional.empty();
        }
        try {
            return Optional.of(VaeFiles.loadTinyDecoder(file.get()));
        } catch (IOException e) {
            LOG.log(Level.WARNING, () -> "previews are rough: " + e.getMessage());
            return Optional.empty();
        }
    }
}

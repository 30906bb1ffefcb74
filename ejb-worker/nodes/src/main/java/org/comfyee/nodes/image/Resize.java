package org.comfyee.nodes.image;

import java.util.List;
import org.comfyee.diffusion.model.Proportions;
import org.comfyee.torch.Tensor;

/** Changes the size of pictures and latents. */
public final class Resize {
    public static final List<String> METHODS = List.of("nearest-exact", "bilinear", "area", "bicubic", "lanczos");
    /** What suits latents, whose channels are no colours. */
    public static final List<String> LATENT_METHODS = List.of("nearest-exact", "bilinear", "area", "bicubic", "bislerp");

    private Resize() {}

    /**
     * @param x {@code [batch, channels, height, width]}
     * @param crop {@code center} keeps the proportions and cuts off what is too much; anything else stretches
     */
    public static Tensor resize(Tensor x, int width, int height, String method, String crop) {
        var source = crop.equals("center") ? Proportions.centered(x, width, height) : x;
        return switch (method) {
            case "nearest-exact" -> source.upsampleNearestExact(height, width);
            case "bilinear" -> source.upsampleBilinear(height, width);
            case "area" -> source.areaResize(height, width);
            case "bicubic" -> source.upsampleBicubic(height, width);
            case "lanczos" -> Lanczos.resize(source, width, height);
            case "bislerp" -> Bislerp.resize(source, width, height);
            default -> throw new IllegalArgumentException("the method is '" + method + "', expected one of " + String.join(", ", METHODS) + ", bislerp");
        };
    }

    /**
     * Multiplies both sides; the result has at least one pixel.
     *
     * @param x {@code [batch, channels, height, width]}
     */
    public static Tensor by(Tensor x, double factor, String method) {
        int width = (int) Math.max(1, Math.rint(x.size(3) * factor));
        int height = (int) Math.max(1, Math.rint(x.size(2) * factor));
        return resize(x, width, height, method, "disabled");
    }
}

package org.comfyee.nodes.latent;

import java.util.Arrays;
import org.comfyee.nodes.Batches;
import org.comfyee.nodes.image.Resize;
import org.comfyee.torch.Tensor;

/** Latents made to fit others, and the names of their dimensions. */
final class LatentShapes {
    private LatentShapes() {}

    /** In the height and width of the other latents; proportions are kept, and what is too much is cut off. */
    static Tensor sized(Tensor x, Tensor other) {
        boolean same = Arrays.equals(x.shape(), 1, x.dim(), other.shape(), 1, other.dim());
        return same ? x : Resize.resize(x, (int) other.size(3), (int) other.size(2), "bilinear", "center");
    }

    /** In the size of the other latents, and as many. */
    static Tensor like(Tensor x, Tensor other) {
        return Batches.repeatTo(sized(x, other), other.size(0));
    }

    /**
     * The dimension that a letter, with or without a sign, stands for. Time comes before height, where pictures that do not
     * move have their channels.
     */
    static int dim(String name) {
        return switch (name.charAt(name.length() - 1)) {
            case 'x' -> 3;
            case 'y' -> 2;
            case 't' -> 1;
            default -> throw new IllegalArgumentException("the dimension is '" + name + "', expected x, y or t");
        };
    }
}

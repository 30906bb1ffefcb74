package org.comfyee.nodes.image;

import org.comfyee.torch.Tensor;

/** Opacity as a fourth channel of pictures {@code [batch, height, width, channels]}. */
public final class AlphaChannel {
    private AlphaChannel() {}

    /** Drops the alpha channel that the other pictures lack, or adds the one that they have. */
    public static Tensor like(Tensor other, Tensor pictures) {
        return pictures.size(3) > other.size(3) ? pictures.narrow(3, 0, other.size(3)) : ifHas(other, pictures);
    }

    /** Adds an alpha channel, fully opaque, if the other pictures have one more channel. */
    static Tensor ifHas(Tensor other, Tensor pictures) {
        return other.size(3) == pictures.size(3) + 1 ? pictures.pad("constant", 1, 0, 1) : pictures;
    }
}

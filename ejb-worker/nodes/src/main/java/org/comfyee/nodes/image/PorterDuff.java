package org.comfyee.nodes.image;

import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.comfyee.nodes.mask.Masks;
import org.comfyee.torch.Tensor;

/**
 * How a picture and another below it become one (Porter and Duff 1984, "Compositing Digital Images", and the blend modes
 * that Android's {@code PorterDuff.Mode} adds to them).
 */
enum PorterDuff {
    ADD((s, d) -> new Layer(s.colour.add(d.colour).clamp(0, 1), s.alpha.add(d.alpha).clamp(0, 1))),
    CLEAR((s, d) -> new Layer(d.colour.mul(0), d.alpha.mul(0))),
    DARKEN((s, d) -> new Layer(s.outside(d).add(d.outside(s)).add(s.colour.minimum(d.colour)), s.union(d))),
    DST((s, d) -> d),
    DST_ATOP((s, d) -> new Layer(d.inside(s).add(s.outside(d)), s.alpha)),
    DST_IN((s, d) -> new Layer(d.inside(s), s.alpha.mul(d.alpha))),
    DST_OUT((s, d) -> new Layer(d.outside(s), d.alpha.mul(Masks.inverted(s.alpha)))),
    DST_OVER((s, d) -> new Layer(d.colour.add(s.outside(d)), s.union(d))),
    LIGHTEN((s, d) -> new Layer(s.outside(d).add(d.outside(s)).add(s.colour.maximum(d.colour)), s.union(d))),
    MULTIPLY((s, d) -> new Layer(s.colour.mul(d.colour), s.alpha.mul(d.alpha))),
    OVERLAY((s, d) -> new Layer(
            Tensor.where(d.colour.mul(2).lt(d.alpha), s.colour.mul(d.colour).mul(2),
                    s.alpha.mul(d.alpha).sub(d.alpha.sub(s.colour).mul(s.alpha.sub(d.colour)).mul(2))),
            s.union(d))),
    SCREEN((s, d) -> new Layer(s.colour.add(d.colour).sub(s.colour.mul(d.colour)), s.union(d))),
    SRC((s, d) -> s),
    SRC_ATOP((s, d) -> new Layer(s.inside(d).add(d.outside(s)), d.alpha)),
    SRC_IN((s, d) -> new Layer(s.inside(d), s.alpha.mul(d.alpha))),
    SRC_OUT((s, d) -> new Layer(s.outside(d), s.alpha.mul(Masks.inverted(d.alpha)))),
    SRC_OVER((s, d) -> new Layer(s.colour.add(d.outside(s)), s.union(d))),
    XOR((s, d) -> new Layer(s.outside(d).add(d.outside(s)),
            s.alpha.mul(Masks.inverted(d.alpha)).add(d.alpha.mul(Masks.inverted(s.alpha)))));

    static final List<String> NAMES = Arrays.stream(values()).map(Enum::name).toList();

    /** Where a pixel is more transparent than this, it has no colour. */
    private static final double INVISIBLE = 1e-5;

    /**
     * @param colour {@code [batch, channels, height, width]}
     * @param alpha {@code [batch, 1, height, width]}, 0 is transparent
     */
    record Layer(Tensor colour, Tensor alpha) {
        private Tensor inside(Layer other) {
            return colour.mul(other.alpha);
        }

        private Tensor outside(Layer other) {
            return colour.mul(Masks.inverted(other.alpha));
        }

        private Tensor union(Layer other) {
            return alpha.add(other.alpha).sub(alpha.mul(other.alpha));
        }
    }

    /** Works on colours multiplied by their alpha. */
    private final BinaryOperator<Layer> rule;

    PorterDuff(BinaryOperator<Layer> rule) {
        this.rule = rule;
    }

    /** Composes pictures whose colours are not multiplied by their alpha; neither are the result's. */
    Layer compose(Tensor source, Tensor sourceAlpha, Tensor destination, Tensor destinationAlpha) {
        var result = rule.apply(new Layer(source.mul(sourceAlpha), sourceAlpha), new Layer(destination.mul(destinationAlpha), destinationAlpha));
        var colour = Tensor.where(result.alpha.gt(INVISIBLE), result.colour.div(result.alpha), result.colour.mul(0));
        return new Layer(colour.clamp(0, 1), result.alpha);
    }
}

package org.comfyee.nodes.image;

import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;

/**
 * Resizes by spherical linear interpolation of the vectors that the channels of a pixel form, first along rows, then
 * along columns: directions turn evenly and magnitudes change evenly.
 */
final class Bislerp {
    /** How close to one a cosine is taken for one. */
    private static final double NEAR = 1e-5;

    private Bislerp() {}

    /** @param x {@code [batch, channels, height, width]} */
    static Tensor resize(Tensor x, int width, int height) {
        return along(along(x, 3, width), 2, height);
    }

    private static Tensor along(Tensor x, int dim, int size) {
        try (var scope = new TensorScope()) {
            int oldSize = (int) x.size(dim);
            var places = new float[oldSize];
            var next = new float[oldSize];
            for (int i = 0; i < oldSize; i++) {
                places[i] = i;
                next[i] = Math.min(i + 1, oldSize - 1);
            }
            var exact = x.to(ScalarType.FLOAT32);
            var place = stretched(places, size).to(x.device());
            var shape = new long[] {1, 1, 1, 1};
            shape[dim] = size;
            var ratio = place.sub(place.floor()).reshape(shape);
            var from = exact.indexSelect(dim, place.to(ScalarType.INT64));
            var to = exact.indexSelect(dim, stretched(next, size).to(ScalarType.INT64).to(x.device()));
            return scope.keep(between(from, to, ratio).to(x.dtype()));
        }
    }

    private static Tensor stretched(float[] ramp, int size) {
        return Tensor.of(ramp, 1, 1, 1, ramp.length).upsampleBilinear(1, size).reshape(size);
    }

    private static Tensor between(Tensor from, Tensor to, Tensor ratio) {
        var rest = ratio.neg().add(1);
        var fromLength = from.norm2(1, true);
        var toLength = to.norm2(1, true);
        var fromDirection = direction(from, fromLength);
        var toDirection = direction(to, toLength);
        var cosine = fromDirection.mul(toDirection).sum(1, true);
        var angle = cosine.acos();
        var sine = angle.sin();
        var turned = rest.mul(angle).sin().div(sine).mul(fromDirection).add(ratio.mul(angle).sin().div(sine).mul(toDirection));
        var result = turned.mul(fromLength.mul(rest).add(toLength.mul(ratio)));
        result = Tensor.where(cosine.gt(1 - NEAR), from, result);
        return Tensor.where(cosine.lt(NEAR - 1), from.mul(rest).add(to.mul(ratio)), result);
    }

    private static Tensor direction(Tensor x, Tensor length) {
        return Tensor.where(length.eq(Tensor.scalar(0)), x.mul(0), x.div(length));
    }
}

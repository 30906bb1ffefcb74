package org.comfyee.diffusion.flux;

import java.util.List;
import java.util.Optional;
import org.comfyee.diffusion.layers.Heads;
import org.comfyee.torch.Device;
import org.comfyee.torch.Tensor;

/**
 * Rotations that tell attention where in the picture tokens are (Su et al. 2021, "RoFormer"), along three axes: a number of
 * the picture, its row and its column.
 */
final class Rotary {
    private static final double THETA = 10_000;
    private static final int AXES = 3;

    private final Tensor cos;
    private final Tensor sin;

    private Rotary(Tensor cos, Tensor sin) {
        this.cos = cos;
        this.sin = sin;
    }

    /**
     * For tokens of a text, which have no place, then those of a picture, then those of pictures of reference.
     *
     * @param references places of the latter, {@code [batch, tokens, 3]}, the same for the whole batch
     * @param headSize of which an eighth tells the first axis and the rest the others
     */
    static Rotary of(long textTokens, long rows, long columns, Optional<Tensor> references, int headSize) {
        int[] sizes = {headSize / 8, headSize * 7 / 16, headSize * 7 / 16};
        int half = headSize / 2;
        var further = references.map(places -> places.select(0, 0).contiguous().toFloats()).orElse(new float[0]);
        long ownTokens = rows * columns;
        long tokens = textTokens + ownTokens + further.length / AXES;
        var cos = new float[(int) (tokens * half)];
        var sin = new float[cos.length];
        for (int token = 0; token < tokens; token++) {
            long place = token - textTokens;
            double[] position = place < 0
                    ? new double[AXES]
                    : place < ownTokens
                            ? new double[] {0, (double) (place / columns), place % columns}
                            : position(further, (int) (place - ownTokens));
            int at = token * half;
            for (int axis = 0; axis < AXES; axis++) {
                for (int k = 0; k < sizes[axis] / 2; k++) {
                    double angle = position[axis] / Math.pow(THETA, 2.0 * k / sizes[axis]);
                    cos[at] = (float) Math.cos(angle);
                    sin[at] = (float) Math.sin(angle);
                    at++;
                }
            }
        }
        return new Rotary(Tensor.of(cos, tokens, half), Tensor.of(sin, tokens, half));
    }

    private static double[] position(float[] places, int token) {
        return new double[] {places[token * AXES], places[token * AXES + 1], places[token * AXES + 2]};
    }

    Rotary on(Device device) {
        return new Rotary(cos.to(device), sin.to(device));
    }

    Heads apply(Heads heads) {
        return new Heads(rotated(heads.query()), rotated(heads.key()), heads.value());
    }

    /** Turns neighbours as pairs. The halves then lie behind each other, in queries and keys alike, which their products do not see. */
    private Tensor rotated(Tensor x) {
        var pairs = x.reshape(x.size(0), x.size(1), x.size(2), x.size(3) / 2, 2);
        var a = pairs.select(4, 0);
        var b = pairs.select(4, 1);
        return Tensor.cat(List.of(a.mul(cos).sub(b.mul(sin)), a.mul(sin).add(b.mul(cos))), -1).to(x.dtype());
    }
}

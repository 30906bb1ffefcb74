package org.comfyee.nodes.image.preprocessors;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.List;
import org.comfyee.torch.Tensor;

/** Edges of pictures (Canny 1986, "A computational approach to edge detection"). */
final class CannyEdges {
    private static final double[] LUMA = {0.299, 0.587, 0.114};
    private static final int BLUR_RADIUS = 2;
    private static final double BLUR_SIGMA = 1;
    private static final double EPS = 1e-6;
    /** Steps to the neighbours at 0, 45, ... degrees, clockwise from the right. */
    private static final int[] COLUMN_STEPS = {1, 1, 0, -1, -1, -1, 0, 1};
    private static final int[] ROW_STEPS = {0, 1, 1, 1, 0, -1, -1, -1};

    private final int height;
    private final int width;
    /** How steep the picture is, and in which of the eight directions it gets brighter. */
    private final float[] steepness;
    private final int[] directions;

    /** @param picture {@code [1, height, width, 3 or more]}, 0 to 1 */
    CannyEdges(Tensor picture) {
        height = (int) picture.size(1);
        width = (int) picture.size(2);
        var blurred = blurred(grey(picture));
        var gradient = gradient(blurred);
        steepness = gradient.getFirst().square().add(gradient.getLast().square()).add(EPS).sqrt().toFloats();
        directions = directions(gradient.getFirst().toFloats(), gradient.getLast().toFloats());
    }

    private static Tensor grey(Tensor picture) {
        var channels = picture.permute(0, 3, 1, 2);
        var grey = channels.narrow(1, 0, 1).mul(LUMA[0]);
        return grey.add(channels.narrow(1, 1, 1).mul(LUMA[1])).add(channels.narrow(1, 2, 1).mul(LUMA[2]));
    }

    private static Tensor blurred(Tensor grey) {
        var bell = new float[2 * BLUR_RADIUS + 1];
        for (int i = 0; i < bell.length; i++) {
            bell[i] = (float) Math.exp(-(i - BLUR_RADIUS) * (i - BLUR_RADIUS) / (2 * BLUR_SIGMA * BLUR_SIGMA));
        }
        var kernel = Tensor.of(bell, bell.length);
        kernel = kernel.div(kernel.sum());
        var rows = grey.pad("reflect", 0, BLUR_RADIUS, BLUR_RADIUS, 0, 0).conv2d(kernel.reshape(1, 1, 1, bell.length), null, 1, 0);
        return rows.pad("reflect", 0, 0, 0, BLUR_RADIUS, BLUR_RADIUS).conv2d(kernel.reshape(1, 1, bell.length, 1), null, 1, 0);
    }

    /** Sobel's, to the right and downwards. */
    private static List<Tensor> gradient(Tensor blurred) {
        var right = Tensor.of(new float[] {-1, 0, 1, -2, 0, 2, -1, 0, 1}, 1, 1, 3, 3);
        var both = Tensor.cat(List.of(right, right.transpose(2, 3)), 0);
        return blurred.pad("replicate", 0, 1, 1, 1, 1).conv2d(both, null, 1, 0).chunk(2, 1);
    }

    private static int[] directions(float[] right, float[] down) {
        var directions = new int[right.length];
        for (int i = 0; i < directions.length; i++) {
            directions[i] = Math.floorMod((int) Math.rint(Math.toDegrees(Math.atan2(down[i], right[i])) / 45), 8);
        }
        return directions;
    }

    /**
     * Ridges of steepness above the upper threshold, and what is connected with them above the lower one.
     *
     * @return {@code [1, height, width, 3]}, 1 at edges
     */
    Tensor between(double low, double high) {
        var strong = new ArrayDeque<Integer>();
        var weak = new BitSet();
        for (int at = 0; at < steepness.length; at++) {
            if (isRidge(at) && steepness[at] > (float) high) {
                strong.add(at);
            }
            if (isRidge(at) && steepness[at] > (float) low) {
                weak.set(at);
            }
        }
        var edges = new float[steepness.length];
        while (!strong.isEmpty()) {
            int at = strong.poll();
            edges[at] = 1;
            for (int direction = 0; direction < COLUMN_STEPS.length; direction++) {
                int next = neighbour(at, direction);
                if (next >= 0 && weak.get(next) && edges[next] == 0) {
                    edges[next] = 1;
                    strong.add(next);
                }
            }
        }
        return Tensor.of(edges, 1, height, width, 1).repeat(1, 1, 1, 3);
    }

    /** Whether neither neighbour along the gradient is as steep. */
    private boolean isRidge(int at) {
        return isAbove(at, directions[at]) && isAbove(at, (directions[at] + 4) % 8);
    }

    private boolean isAbove(int at, int direction) {
        int next = neighbour(at, direction);
        return steepness[at] > (next < 0 ? 0 : steepness[next]);
    }

    /** -1 if it lies outside. */
    private int neighbour(int at, int direction) {
        int row = at / width + ROW_STEPS[direction];
        int column = at % width + COLUMN_STEPS[direction];
        return row < 0 || row >= height || column < 0 || column >= width ? -1 : row * width + column;
    }
}

package org.comfyee.nodes.image.postprocessing;

import org.comfyee.torch.Tensor;

/** Filters pictures with kernels made of the normal distribution. */
final class Gaussian {
    private Gaussian() {}

    /**
     * A bell whose values sum up to 1.
     *
     * @param radius in pixels; the kernel's edges lie at a distance of 1 from its middle
     * @param sigma in that measure
     * @return {@code [2 * radius + 1, 2 * radius + 1]}
     */
    static Tensor kernel(int radius, double sigma) {
        int size = 2 * radius + 1;
        var values = new float[size * size];
        float sum = 0;
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                float value = (float) Math.exp(-(square(place(x, radius)) + square(place(y, radius))) / (2 * sigma * sigma));
                values[y * size + x] = value;
                sum += value;
            }
        }
        return Tensor.of(values, size, size).div(sum);
    }

    private static double place(int index, int radius) {
        return (double) (index - radius) / radius;
    }

    private static double square(double value) {
        return value * value;
    }

    /**
     * Filters each channel; beyond the edges the pictures are mirrored.
     *
     * @param pictures {@code [batch, height, width, channels]}, larger than the kernel's radius
     * @param kernel {@code [size, size]}
     */
    static Tensor filter(Tensor pictures, Tensor kernel) {
        long height = pictures.size(1);
        long width = pictures.size(2);
        long radius = kernel.size(0) / 2;
        if (radius >= height || radius >= width) {
            throw new IllegalArgumentException("the picture has " + width + "x" + height + " pixels, expected more than the radius of "
                    + radius + " in both directions");
        }
        var planes = pictures.permute(0, 3, 1, 2).reshape(pictures.size(0) * pictures.size(3), 1, height, width);
        var filtered = planes.pad("reflect", 0, radius, radius, radius, radius)
                .conv2d(kernel.reshape(1, 1, kernel.size(0), kernel.size(1)), null, 1, 0);
        return filtered.reshape(pictures.size(0), pictures.size(3), height, width).permute(0, 2, 3, 1).contiguous();
    }
}

package org.comfyee.diffusion.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.comfyee.torch.Tensor;

/** Numbers in rows and columns, computed with by plain loops: what tensors are compared with. */
record Array(double[] values, long... shape) {

    static Array of(IntToDoubleFunction value, long... shape) {
        int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        var values = new double[count];
        Arrays.setAll(values, value);
        return new Array(values, shape);
    }

    /** A smooth signal with a phase of its own, in floats. */
    static Array wave(double frequency, long... shape) {
        return of(i -> (float) Math.sin(frequency * (i + 1)), shape);
    }

    static Array identity(int size) {
        return of(i -> i / size == i % size ? 1 : 0, size, size);
    }

    Tensor tensor() {
        var floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.of(floats, shape);
    }

    Array shaped(long... newShape) {
        return new Array(values, newShape);
    }

    /** As a matrix whose rows are the first dimension. */
    Array matrix() {
        return shaped(shape[0], values.length / shape[0]);
    }

    double at(long row, long column) {
        return values[(int) (row * shape[1] + column)];
    }

    Array times(Array other) {
        int columns = (int) other.shape[1];
        return of(i -> {
            double sum = 0;
            for (int k = 0; k < shape[1]; k++) {
                sum += at(i / columns, k) * other.at(k, i % columns);
            }
            return sum;
        }, shape[0], columns);
    }

    Array transposed() {
        int columns = (int) shape[0];
        return of(i -> at(i % columns, i / columns), shape[1], columns);
    }

    Array rows(int first, int count) {
        return new Array(Arrays.copyOfRange(values, (int) (first * shape[1]), (int) ((first + count) * shape[1])), count, shape[1]);
    }

    Array plus(Array other, double factor) {
        return of(i -> values[i] + factor * other.values[i], shape);
    }

    Array elementwise(Array other) {
        return of(i -> values[i] * other.values[i], shape);
    }

    /** By Gauss and Jordan. */
    Array inverse() {
        int n = (int) shape[0];
        var left = values.clone();
        var right = identity(n).values;
        for (int pivot = 0; pivot < n; pivot++) {
            double divisor = left[pivot * n + pivot];
            for (int k = 0; k < n; k++) {
                left[pivot * n + k] /= divisor;
                right[pivot * n + k] /= divisor;
            }
            for (int row = 0; row < n; row++) {
                double factor = row == pivot ? 0 : left[row * n + pivot];
                for (int k = 0; k < n; k++) {
                    left[row * n + k] -= factor * left[pivot * n + k];
                    right[row * n + k] -= factor * right[pivot * n + k];
                }
            }
        }
        return new Array(right, n, n);
    }

    void assertIs(Tensor actual) {
        assertArrayEquals(shape, actual.shape());
        var floats = actual.contiguous().toFloats();
        for (int i = 0; i < values.length; i++) {
            assertEquals(values[i], floats[i], 2e-5 * Math.max(1, Math.abs(values[i])), "element " + i);
        }
    }
}

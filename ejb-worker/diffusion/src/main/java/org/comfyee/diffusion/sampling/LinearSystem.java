package org.comfyee.diffusion.sampling;

/** Small systems of linear equations. */
final class LinearSystem {
    private LinearSystem() {}

    /** Gaussian elimination with row exchange; changes its arguments. */
    static double[] solve(double[][] matrix, double[] right) {
        int size = right.length;
        for (int column = 0; column < size; column++) {
            int pivot = column;
            for (int row = column + 1; row < size; row++) {
                pivot = Math.abs(matrix[row][column]) > Math.abs(matrix[pivot][column]) ? row : pivot;
            }
            var row = matrix[pivot];
            matrix[pivot] = matrix[column];
            matrix[column] = row;
            double value = right[pivot];
            right[pivot] = right[column];
            right[column] = value;
            for (int below = column + 1; below < size; below++) {
                double factor = matrix[below][column] / matrix[column][column];
                for (int k = column; k < size; k++) {
                    matrix[below][k] -= factor * matrix[column][k];
                }
                right[below] -= factor * right[column];
            }
        }
        var solution = new double[size];
        for (int row = size - 1; row >= 0; row--) {
            double sum = right[row];
            for (int k = row + 1; k < size; k++) {
                sum -= matrix[row][k] * solution[k];
            }
            solution[row] = sum / matrix[row][row];
        }
        return solution;
    }
}

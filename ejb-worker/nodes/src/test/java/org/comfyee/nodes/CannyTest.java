package org.comfyee.nodes;

import static org.comfyee.nodes.NodeCall.tensor;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Edges, against Canny's definition as the library kornia documents it, in float64 and cell by cell. */
class CannyTest {
    private static final int[][] TURNS = {{0, 1}, {1, 1}, {1, 0}, {1, -1}, {0, -1}, {-1, -1}, {-1, 0}, {-1, 1}};

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    /** Soft blobs and some noise, as 8-bit levels. */
    private static float[] picture(int height, int width, long seed) {
        var random = new Random(seed);
        var levels = new float[height * width * 3];
        double turn = random.nextDouble() * Math.PI;
        for (int i = 0; i < levels.length; i++) {
            double x = i / 3 % width * Math.cos(turn) + i / 3 / width * Math.sin(turn);
            double y = i / 3 / width * Math.cos(turn) - i / 3 % width * Math.sin(turn);
            double level = 0.5 + 0.3 * Math.sin(0.9 * x + i % 3) + 0.2 * Math.cos(0.7 * y) + 0.1 * random.nextGaussian();
            levels[i] = Math.clamp(Math.round(level * 255), 0, 255) / 255f;
        }
        return levels;
    }

    private static double[][] steepness(double[][] across, double[][] down) {
        var steepness = new double[across.length][across[0].length];
        for (int y = 0; y < steepness.length; y++) {
            for (int x = 0; x < steepness[y].length; x++) {
                steepness[y][x] = Math.sqrt(across[y][x] * across[y][x] + down[y][x] * down[y][x] + 1e-6);
            }
        }
        return steepness;
    }

    /** Beyond the edge mirrored, without the edge itself. */
    private static int mirrored(int at, int size) {
        return at < 0 ? -at : at >= size ? 2 * size - 2 - at : at;
    }

    private static double[][] blurred(float[] levels, int height, int width) {
        var blurred = new double[height][width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double weights = 0;
                for (int i = -2; i <= 2; i++) {
                    for (int j = -2; j <= 2; j++) {
                        int at = (mirrored(y + i, height) * width + mirrored(x + j, width)) * 3;
                        double weight = Math.exp(-(i * i + j * j) / 2.0);
                        weights += weight;
                        blurred[y][x] += weight * (0.299 * levels[at] + 0.587 * levels[at + 1] + 0.114 * levels[at + 2]);
                    }
                }
                blurred[y][x] /= weights;
            }
        }
        return blurred;
    }

    /** Sobel's, not divided by the sum of its weights; beyond the edge lies what lies at the edge. */
    private static double[][] slope(double[][] map, boolean down) {
        int height = map.length;
        int width = map[0].length;
        var slope = new double[height][width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int i = -1; i <= 1; i++) {
                    for (int j = -1; j <= 1; j++) {
                        int weight = down ? i * (2 - Math.abs(j)) : j * (2 - Math.abs(i));
                        slope[y][x] += weight * map[Math.clamp(y + i, 0, height - 1)][Math.clamp(x + j, 0, width - 1)];
                    }
                }
            }
        }
        return slope;
    }

    private static double at(double[][] map, int y, int x) {
        return y < 0 || x < 0 || y >= map.length || x >= map[0].length ? 0 : map[y][x];
    }

    /** 1 at edges, 0 elsewhere. */
    private static double[][] edges(float[] levels, int height, int width, double low, double high) {
        var blurred = blurred(levels, height, width);
        var across = slope(blurred, false);
        var down = slope(blurred, true);
        var steepness = steepness(across, down);
        var marks = new double[height][width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int eighth = (int) Math.rint(Math.toDegrees(Math.atan2(down[y][x], across[y][x])) / 45);
                var ahead = TURNS[Math.floorMod(eighth, 8)];
                double here = steepness[y][x];
                boolean ridge = here > at(steepness, y + ahead[0], x + ahead[1]) && here > at(steepness, y - ahead[0], x - ahead[1]);
                marks[y][x] = ridge ? (here > low ? 0.5 : 0) + (here > high ? 0.5 : 0) : 0;
            }
        }
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    for (var turn : TURNS) {
                        if (marks[y][x] == 0.5 && at(marks, y + turn[0], x + turn[1]) == 1) {
                            marks[y][x] = 1;
                            changed = true;
                        }
                    }
                }
            }
        }
        return marks;
    }

    @ParameterizedTest
    @CsvSource({"24, 31, 1, 0.4, 0.8", "31, 24, 2, 0.1, 0.9", "17, 40, 3, 0.6, 0.6", "40, 17, 4, 0.2, 0.99", "5, 7, 5, 0.01, 0.3"})
    void edgesAreThoseOfTheDefinition(int height, int width, long seed, double low, double high) {
        var levels = picture(height, width, seed);
        var found = tensor("Canny", "image", Tensor.of(levels, 1, height, width, 3), "low_threshold", low, "high_threshold", high).toFloats();
        var marks = edges(levels, height, width, low, high);
        var expected = new float[found.length];
        int edges = 0;
        for (int i = 0; i < found.length; i++) {
            expected[i] = marks[i / 3 / width][i / 3 % width] == 1 ? 1 : 0;
            edges += (int) expected[i];
        }
        assertTrue(edges > 0 && edges < found.length / 2, edges + " of " + found.length);
        assertArrayEquals(expected, found);
    }

    @Test
    void weakEdgesCountWhereTheyTouchStrongOnes() {
        // An edge that loses its contrast on the way down, so that only its upper end is strong, and beside it one that is weak throughout.
        int height = 24;
        int width = 24;
        var levels = new float[height * width * 3];
        for (int i = 0; i < levels.length; i++) {
            int x = i / 3 % width;
            double contrast = 0.4 * (1 - 0.5 * (i / 3 / width) / height);
            levels[i] = (float) (0.1 + contrast * Math.clamp((x - 7) / 2.0, 0, 1) + 0.15 * Math.clamp((x - 15) / 2.0, 0, 1));
        }
        var edges = tensor("Canny", "image", Tensor.of(levels, 1, height, width, 3), "low_threshold", 0.3, "high_threshold", 0.9);
        var marks = edges(levels, height, width, 0.3, 0.9);
        for (int y = 0; y < height; y++) {
            var row = edges.select(3, 1).select(1, y).toFloats();
            double line = 0;
            for (int x = 0; x < width; x++) {
                assertEquals(marks[y][x] == 1 ? 1 : 0, row[x]);
                line += x < 12 ? row[x] : 100 * row[x];
            }
            assertEquals(1, line, "row " + y);
        }
    }

    @Test
    void picturesOfABatchAreSeenEachForItself() {
        var one = Tensor.of(picture(12, 12, 7), 1, 12, 12, 3);
        var other = Tensor.of(picture(12, 12, 8), 1, 12, 12, 3);
        var both = tensor("Canny", "image", Tensor.cat(List.of(one, other), 0));
        assertArrayEquals(tensor("Canny", "image", one).toFloats(), both.narrow(0, 0, 1).contiguous().toFloats());
        assertArrayEquals(tensor("Canny", "image", other).toFloats(), both.narrow(0, 1, 1).contiguous().toFloats());
    }
}

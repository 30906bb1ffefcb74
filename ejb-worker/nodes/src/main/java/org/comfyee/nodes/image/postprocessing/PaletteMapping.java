package org.comfyee.nodes.image.postprocessing;

import java.util.Arrays;

/**
 * Pictures in the colours of a palette. As in the imaging library Pillow, the nearest colour is looked up for steps of four levels.
 */
final class PaletteMapping {
    private static final int STEP_BITS = 2;
    private static final int STEPS = 1 << 8 - STEP_BITS;

    private final int[] palette;
    private final short[] nearest = new short[STEPS * STEPS * STEPS];

    /** @param palette colours as {@code 0xRRGGBB} */
    PaletteMapping(int[] palette) {
        this.palette = palette;
        Arrays.fill(nearest, (short) -1);
    }

    private int nearest(int red, int green, int blue) {
        int slot = ((red >> STEP_BITS) * STEPS + (green >> STEP_BITS)) * STEPS + (blue >> STEP_BITS);
        if (nearest[slot] < 0) {
            nearest[slot] = (short) search(red >> STEP_BITS << STEP_BITS, green >> STEP_BITS << STEP_BITS, blue >> STEP_BITS << STEP_BITS);
        }
        return palette[nearest[slot]];
    }

    private int search(int red, int green, int blue) {
        int best = 0;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < palette.length; i++) {
            int distance = square(red - red(palette[i])) + square(green - green(palette[i])) + square(blue - blue(palette[i]));
            if (distance < least) {
                least = distance;
                best = i;
            }
        }
        return best;
    }

    private static int square(int x) {
        return x * x;
    }

    private static int red(int color) {
        return color >> 16 & 0xff;
    }

    private static int green(int color) {
        return color >> 8 & 0xff;
    }

    private static int blue(int color) {
        return color & 0xff;
    }

    /** Each pixel in the nearest colour. */
    int[] plain(int[] pixels) {
        return Arrays.stream(pixels).map(color -> nearest(red(color), green(color), blue(color))).toArray();
    }

    /** Errors spread to the neighbours that come later (Floyd and Steinberg 1976). */
    int[] diffused(int[] pixels, int width) {
        var result = new int[pixels.length];
        // Of the row above, for each pixel and one beyond, with three components each.
        var errors = new int[(width + 1) * 3];
        for (int row = 0; row < pixels.length; row += width) {
            var carried = new int[3];
            var below = new int[3];
            var belowNext = new int[3];
            int lastError = 0;
            for (int x = 0; x < width; x++) {
                int color = pixels[row + x];
                var wanted = new int[] {red(color), green(color), blue(color)};
                for (int c = 0; c < 3; c++) {
                    wanted[c] = Math.clamp(wanted[c] + (carried[c] + errors[(x + 1) * 3 + c]) / 16, 0, 255);
                }
                int chosen = nearest(wanted[0], wanted[1], wanted[2]);
                result[row + x] = chosen;
                var got = new int[] {red(chosen), green(chosen), blue(chosen)};
                for (int c = 0; c < 3; c++) {
                    int error = wanted[c] - got[c];
                    errors[x * 3 + c] = 3 * error + below[c];
                    below[c] = 5 * error + belowNext[c];
                    belowNext[c] = error;
                    carried[c] = 7 * error;
                    lastError = error;
                }
            }
            // Beyond the last pixel Pillow keeps what the errors of blue come to, for all components.
            errors[width * 3] = below[2];
            errors[width * 3 + 1] = belowNext[2];
            errors[width * 3 + 2] = lastError;
        }
        return result;
    }
}

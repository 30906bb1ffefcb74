package org.comfyee.nodes.image.reading;

import java.util.Arrays;

/**
 * What an animation draws onto what was there.
 *
 * @param left of the part in the whole, in pixels
 * @param drawing how the part is laid over what was there
 * @param after what becomes of the part's place once the whole was shown
 * @param cleared the colour of places that are cleared
 */
record Frame(Picture part, int left, int top, Drawing drawing, After after, int cleared) {

    /**
     * What becomes of what was there: it is replaced; it shines through transparent pixels; or, as Pillow has it for PNG, each channel,
     * alpha among them, is a mixture by the part's alpha.
     */
    enum Drawing { REPLACE, OVER, MIX }

    enum After { KEEP, CLEAR, RESTORE }

    /** Draws the part. */
    void draw(int[] canvas, int width, int height) {
        for (int y = 0; y < Math.min(part.height(), height - top); y++) {
            for (int x = 0; x < Math.min(part.width(), width - left); x++) {
                int at = (top + y) * width + left + x;
                int pixel = part.argb()[y * part.width() + x];
                canvas[at] = switch (drawing) {
                    case REPLACE -> pixel;
                    case OVER -> over(pixel, canvas[at]);
                    case MIX -> mix(pixel, canvas[at]);
                };
            }
        }
    }

    /** Clears the part's place. */
    void clear(int[] canvas, int width, int height) {
        for (int y = top; y < Math.min(top + part.height(), height); y++) {
            Arrays.fill(canvas, y * width + left, y * width + Math.min(left + part.width(), width), cleared);
        }
    }

    private static int mix(int above, int below) {
        int alpha = above >>> 24;
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int sum = (above >>> shift & 0xff) * alpha + (below >>> shift & 0xff) * (255 - alpha);
            result |= Math.round(sum / 255f) << shift;
        }
        return result;
    }

    private static int over(int above, int below) {
        int alpha = above >>> 24;
        if (alpha == 255 || alpha == 0) {
            return alpha == 0 ? below : above;
        }
        double share = alpha / 255.0;
        double rest = (below >>> 24) / 255.0 * (1 - share);
        return Picture.pixel((int) Math.round(255 * (share + rest)), mixed(above >> 16, below >> 16, share, rest),
                mixed(above >> 8, below >> 8, share, rest), mixed(above, below, share, rest));
    }

    private static int mixed(int above, int below, double share, double rest) {
        return (int) Math.round(((above & 0xff) * share + (below & 0xff) * rest) / (share + rest));
    }
}

package org.comfyee.nodes.image.postprocessing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;

/**
 * A palette for a picture by median cut (Heckbert 1982), as the imaging library Pillow computes it: the box of most pixels is cut
 * at the median of its longest side, where green counts most and blue least.
 */
final class MedianCut {
    /** With more colours than this, similar ones are taken for one. */
    private static final int MOST_COLORS = 65536;
    private static final int[] WEIGHTS = {77, 150, 29};

    private static final class Box {
        final List<ColorCounts.Group> colors;
        final int pixels;
        Box left;
        Box right;

        Box(List<ColorCounts.Group> colors) {
            this.colors = colors;
            this.pixels = colors.stream().mapToInt(ColorCounts.Group::count).sum();
        }
    }

    private MedianCut() {}

    /**
     * @param pixels as {@code 0xRRGGBB}
     * @return at most {@code size} colours
     */
    static int[] palette(int[] pixels, int size) {
        var counts = new ColorCounts(MOST_COLORS);
        for (int pixel : pixels) {
            counts.add(pixel);
        }
        var root = new Box(counts.groups());
        cut(root, size);
        var leaves = new ArrayList<Box>();
        collect(root, leaves);
        return means(pixels, leaves, counts);
    }

    private static void cut(Box root, int size) {
        var heap = new PixelHeap();
        heap.add(root);
        for (int boxes = 1; boxes < size; boxes++) {
            Box box;
            do {
                if (heap.isEmpty()) {
                    return;
                }
                box = heap.remove();
            } while (!split(box));
            heap.add(box.left);
            heap.add(box.right);
        }
    }

    private static int component(int color, int axis) {
        return color >> 16 - 8 * axis & 0xff;
    }

    private static boolean split(Box box) {
        int axis = longestSide(box);
        var sorted = box.colors.stream().sorted(Comparator.comparingInt(each -> -component(each.color(), axis))).toList();
        int last = component(sorted.getLast().color(), axis);
        if (component(sorted.getFirst().color(), axis) == last) {
            return false;
        }
        int at = 0;
        for (long pixels = 0; at < sorted.size() && pixels * 2 <= box.pixels; at++) {
            pixels += sorted.get(at).count();
        }
        // Colours that are alike on this side stay together, and neither part is empty.
        int border = component(sorted.get(at - 1).color(), axis);
        int least = border == last ? last + 1 : border;
        var left = sorted.stream().filter(each -> component(each.color(), axis) >= least).toList();
        box.left = new Box(left);
        box.right = new Box(sorted.subList(left.size(), sorted.size()));
        return true;
    }

    private static int longestSide(Box box) {
        int longest = 0;
        int best = -1;
        for (int axis = 0; axis < 3; axis++) {
            int side = axis;
            var range = box.colors.stream().mapToInt(each -> component(each.color(), side)).summaryStatistics();
            int length = (range.getMax() - range.getMin()) * WEIGHTS[axis];
            if (length > best) {
                best = length;
                longest = axis;
            }
        }
        return longest;
    }

    private static void collect(Box box, List<Box> leaves) {
        if (box.left == null) {
            leaves.add(box);
        } else {
            collect(box.left, leaves);
            collect(box.right, leaves);
        }
    }

    private static int[] means(int[] pixels, List<Box> leaves, ColorCounts counts) {
        var leafOf = new HashMap<Integer, Integer>();
        for (int i = 0; i < leaves.size(); i++) {
            for (var each : leaves.get(i).colors) {
                leafOf.put(each.color(), i);
            }
        }
        var sums = new long[leaves.size()][3];
        var numbers = new long[leaves.size()];
        for (int pixel : pixels) {
            int leaf = leafOf.get(counts.group(pixel));
            numbers[leaf]++;
            for (int axis = 0; axis < 3; axis++) {
                sums[leaf][axis] += component(pixel, axis);
            }
        }
        var palette = new int[leaves.size()];
        for (int i = 0; i < palette.length; i++) {
            for (int axis = 0; axis < 3; axis++) {
                palette[i] = palette[i] << 8 | (int) (0.5 + (double) sums[i][axis] / numbers[i]);
            }
        }
        return palette;
    }

    /** Boxes, those of most pixels first; among equals the order in a binary heap decides. */
    private static final class PixelHeap {
        private final List<Box> heap = new ArrayList<>();

        PixelHeap() {
            heap.add(null);
        }

        boolean isEmpty() {
            return heap.size() == 1;
        }

        void add(Box box) {
            heap.add(box);
            int at = heap.size() - 1;
            while (at > 1 && box.pixels > heap.get(at / 2).pixels) {
                heap.set(at, heap.get(at / 2));
                at /= 2;
            }
            heap.set(at, box);
        }

        Box remove() {
            var first = heap.get(1);
            var moved = heap.removeLast();
            int size = heap.size() - 1;
            if (size == 0) {
                return first;
            }
            int at = 1;
            while (at * 2 <= size) {
                int child = at * 2;
                if (child < size && heap.get(child).pixels < heap.get(child + 1).pixels) {
                    child++;
                }
                if (moved.pixels > heap.get(child).pixels) {
                    break;
                }
                heap.set(at, heap.get(child));
                at = child;
            }
            heap.set(at, moved);
            return first;
        }
    }
}

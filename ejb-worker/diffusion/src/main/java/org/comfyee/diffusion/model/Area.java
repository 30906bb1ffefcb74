package org.comfyee.diffusion.model;

/** A rectangle of a picture that a conditioning is for. */
public sealed interface Area {

    /** The rectangle in cells of latents of a size. */
    Cells in(long latentHeight, long latentWidth);

    /** In cells of the latents. */
    record Cells(long height, long width, long y, long x) implements Area {
        @Override
        public Cells in(long latentHeight, long latentWidth) {
            return this;
        }

        /** What of the rectangle lies inside latents of a size. */
        public Cells within(long latentHeight, long latentWidth) {
            return new Cells(Math.min(height, latentHeight - y), Math.min(width, latentWidth - x), y, x);
        }

        long size() {
            return height * width;
        }

        /** Whether another rectangle lies in this one. */
        public boolean contains(Cells other) {
            return x <= other.x && y <= other.y && x + width >= other.x + other.width && y + height >= other.y + other.height;
        }

        public boolean isSmallerThan(Cells other) {
            return size() < other.size();
        }
    }

    /** In shares of the picture, 0 to 1. */
    record Share(double height, double width, double y, double x) implements Area {
        @Override
        public Cells in(long latentHeight, long latentWidth) {
            return new Cells(Math.max(1, (long) Math.rint(height * latentHeight)), Math.max(1, (long) Math.rint(width * latentWidth)),
                    (long) Math.rint(y * latentHeight), (long) Math.rint(x * latentWidth));
        }
    }
}

package org.comfyee.diffusion.flux;

import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.layers.Patches;
import org.comfyee.diffusion.model.ReferencePlacement;
import org.comfyee.torch.Tensor;

/** Finds places for pictures of reference beside that which is sampled. */
final class ReferencePlaces {
    private static final int SIDE = 2;
    private static final int AXES = 3;

    private final ReferencePlacement placement;
    private final Patches own;
    private final List<float[]> places = new ArrayList<>();
    /** What those before take up, in latents. */
    private long height;
    private long width;
    private int number;

    ReferencePlaces(ReferencePlacement placement, Tensor latents) {
        this.placement = placement;
        own = Patches.of(latents);
    }

    void add(Tensor reference) {
        long down = 0;
        long right = 0;
        switch (placement) {
            case INDEX -> number++;
            case BEYOND -> {
                down = own.rows() * SIDE + height;
                right = own.columns() * SIDE + width;
                height += reference.size(2);
                width += reference.size(3);
            }
            case OFFSET -> {
                number = 1;
                // On the side where the whole stays more nearly square.
                if (reference.size(2) + height > reference.size(3) + width) {
                    right = width;
                } else {
                    down = height;
                }
                height = Math.max(height, reference.size(2) + down);
                width = Math.max(width, reference.size(3) + right);
            }
        }
        addPatches(Patches.of(reference), (down + SIDE / 2) / SIDE, (right + SIDE / 2) / SIDE);
    }

    private void addPatches(Patches patches, long firstRow, long firstColumn) {
        for (int row = 0; row < patches.rows(); row++) {
            for (int column = 0; column < patches.columns(); column++) {
                places.add(new float[] {number, firstRow + row, firstColumn + column});
            }
        }
    }

    /** @return {@code [1, patches, 3]} */
    Tensor tensor() {
        var values = new float[places.size() * AXES];
        for (int i = 0; i < values.length; i++) {
            values[i] = places.get(i / AXES)[i % AXES];
        }
        return Tensor.of(values, 1, places.size(), AXES);
    }
}

package org.comfyee.nodes.image.reading;

import java.util.Arrays;
import java.util.function.Consumer;

/** What an animation draws its frames on, and hands on with each of them: long ones do not lie in memory as a whole. */
final class Canvas {
    private final int width;
    private final int height;
    private final boolean transparent;
    private final Consumer<Picture> pictures;
    private int[] argb;

    /**
     * @param empty the colour where nothing was drawn yet
     * @param transparent whether the pictures have transparency
     * @param pictures is given what is seen with each frame
     */
    Canvas(int width, int height, int empty, boolean transparent, Consumer<Picture> pictures) {
        this.width = width;
        this.height = height;
        this.transparent = transparent;
        this.pictures = pictures;
        argb = new int[Picture.pixels(width, height)];
        Arrays.fill(argb, empty);
    }

    void show(Frame frame) {
        var before = frame.after() == Frame.After.RESTORE ? argb.clone() : argb;
        frame.draw(argb, width, height);
        pictures.accept(new Picture(width, height, argb.clone(), transparent));
        switch (frame.after()) {
            case KEEP -> { }
            case CLEAR -> frame.clear(argb, width, height);
            case RESTORE -> argb = before;
        }
    }
}

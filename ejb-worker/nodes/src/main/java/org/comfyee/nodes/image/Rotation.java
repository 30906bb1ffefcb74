package org.comfyee.nodes.image;

import java.util.List;

/** Turns by right angles, clockwise. */
public final class Rotation {
    public static final List<String> NAMES = List.of("none", "90 degrees", "180 degrees", "270 degrees");

    private Rotation() {}

    /** By how many right angles. */
    public static int quarters(String name) {
        int quarters = NAMES.indexOf(name);
        if (quarters < 0) {
            throw new IllegalArgumentException("the rotation is '" + name + "', expected one of " + String.join(", ", NAMES));
        }
        return quarters;
    }
}

package org.comfyee.diffusion.synthetic;

/** IEEE 754 half precision. */
final class HalfFloat {
    private HalfFloat() {}

    /**
     * Rounds once, to the nearest even. {@link Float#floatToFloat16} of a narrowed double would round twice and can be off
     * by one in the last bit, so a double that narrowing puts exactly between two halves is nudged back first.
     */
    static short of(double value) {
        float narrowed = (float) value;
        boolean between = (Float.floatToRawIntBits(narrowed) & 0x1fff) == 0x1000;
        if (between && narrowed != value) {
            narrowed = Math.abs(narrowed) > Math.abs(value) ? Math.nextAfter(narrowed, 0) : Math.nextAfter(narrowed, Math.copySign(Double.MAX_VALUE, narrowed));
        }
        return Float.floatToFloat16(narrowed);
    }
}

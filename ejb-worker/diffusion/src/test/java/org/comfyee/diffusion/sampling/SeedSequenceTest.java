package org.comfyee.diffusion.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

/** Numbers from NumPy. */
class SeedSequenceTest {
    @Test
    void equalsNumPy() {
        assertArrayEquals(new long[] {4025752534L, 2687548107L, 2326983537L}, SeedSequence.generate(0, 3));
        assertArrayEquals(new long[] {387750627L, 2536650517L, 4078839648L}, SeedSequence.generate(42, 3));
        assertArrayEquals(new long[] {2102017995L, 2891809698L, 2144110403L, 379559146L}, SeedSequence.generate(42, 4, 0, 0));
        assertArrayEquals(new long[] {2593260554L, 3326064702L, 1486130732L, 2339811671L}, SeedSequence.generate(42, 4, 3, 2));
        assertArrayEquals(new long[] {1084705700L, 273257304L, 874187786L, 454787827L}, SeedSequence.generate((1L << 40) + 5, 4, 1, 1));
    }
}

package org.comfyee.diffusion.sampling;

import java.util.ArrayList;
import java.util.List;

/** NumPy's SeedSequence (O'Neill 2014) with a pool of 24 words: independent seeds from one, by keys. */
final class SeedSequence {
    private static final int POOL = 24;
    private static final int INIT_A = 0x43b0d7e5;
    private static final int MULT_A = 0x931e8875;
    private static final int INIT_B = 0x8b51f9dd;
    private static final int MULT_B = 0x58f38ded;
    private static final int MIX_LEFT = 0xca01f9dd;
    private static final int MIX_RIGHT = 0x4973f715;

    private int hash = INIT_A;

    private SeedSequence() {}

    /** @return {@code count} words, 0 to 2^32 - 1 */
    static long[] generate(long seed, int count, long... keys) {
        return new SeedSequence().run(seed, count, keys);
    }

    private long[] run(long seed, int count, long[] keys) {
        var words = words(seed);
        if (keys.length > 0) {
            while (words.size() < POOL) {
                words.add(0);
            }
            for (long key : keys) {
                words.addAll(words(key));
            }
        }
        var pool = new int[POOL];
        for (int i = 0; i < POOL; i++) {
            pool[i] = mixHash(i < words.size() ? words.get(i) : 0);
        }
        for (int source = 0; source < POOL; source++) {
            for (int target = 0; target < POOL; target++) {
                if (source != target) {
                    pool[target] = mix(pool[target], mixHash(pool[source]));
                }
            }
        }
        for (int extra = POOL; extra < words.size(); extra++) {
            for (int target = 0; target < POOL; target++) {
                pool[target] = mix(pool[target], mixHash(words.get(extra)));
            }
        }
        var state = new long[count];
        int b = INIT_B;
        for (int i = 0; i < count; i++) {
            int value = pool[i % POOL] ^ b;
            b *= MULT_B;
            value *= b;
            state[i] = (value ^ value >>> 16) & 0xffffffffL;
        }
        return state;
    }

    /** Little-endian 32-bit words; at least one. */
    private static List<Integer> words(long number) {
        var words = new ArrayList<Integer>();
        long rest = number;
        do {
            words.add((int) rest);
            rest >>>= 32;
        } while (rest != 0);
        return words;
    }

    private int mixHash(int word) {
        int value = word ^ hash;
        hash *= MULT_A;
        value *= hash;
        return value ^ value >>> 16;
    }

    private static int mix(int x, int y) {
        int result = MIX_LEFT * x - MIX_RIGHT * y;
        return result ^ result >>> 16;
    }
}

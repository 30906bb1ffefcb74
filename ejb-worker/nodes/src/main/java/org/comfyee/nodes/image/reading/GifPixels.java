package org.comfyee.nodes.image.reading;

import java.io.IOException;

/** The compression of GIF (Welch 1984, "A Technique for High-Performance Data Compression"), whose codes grow up to 12 bits. */
final class GifPixels {
    private static final int MOST_BITS = 12;
    private static final int MOST_CODES = 1 << MOST_BITS;

    private GifPixels() {}

    /**
     * @param smallest bits of the codes for single values
     * @param count of values; what is missing is 0
     */
    static byte[] decoded(byte[] data, int smallest, int count) throws IOException {
        if (smallest < 1 || smallest > 8) {
            throw new IOException("codes have " + smallest + " bits, expected 1 to 8");
        }
        int clear = 1 << smallest;
        int end = clear + 1;
        var before = new int[MOST_CODES];
        var value = new byte[MOST_CODES];
        var length = new int[MOST_CODES];
        for (int code = 0; code < clear; code++) {
            value[code] = (byte) code;
            length[code] = 1;
        }
        var values = new byte[count];
        int at = 0;
        int next = end + 1;
        int bits = smallest + 1;
        int last = -1;
        int first = 0;
        long window = 0;
        int filled = 0;
        for (int i = 0; at < count;) {
            while (filled < bits && i < data.length) {
                window |= (data[i++] & 0xffL) << filled;
                filled += 8;
            }
            if (filled < bits) {
                break;
            }
            int code = (int) (window & (1 << bits) - 1);
            window >>>= bits;
            filled -= bits;
            if (code == end) {
                break;
            }
            if (code == clear) {
                next = end + 1;
                bits = smallest + 1;
                last = -1;
                continue;
            }
            if (code > next || code == next && last < 0) {
                throw new IOException("a code is " + code + ", expected at most " + next);
            }
            if (last >= 0 && next < MOST_CODES) {
                // A code that is only now made ends as it begins.
                before[next] = last;
                length[next] = length[last] + 1;
                value[next] = (byte) (code == next ? first : firstOf(code, before, length, value));
                next++;
            }
            first = firstOf(code, before, length, value);
            int walk = code;
            for (int place = at + length[code] - 1; place >= at; place--) {
                if (place < count) {
                    values[place] = value[walk];
                }
                walk = before[walk];
            }
            at += length[code];
            last = code;
            if (next == 1 << bits && bits < MOST_BITS) {
                bits++;
            }
        }
        return values;
    }

    private static int firstOf(int code, int[] before, int[] length, byte[] value) {
        int walk = code;
        while (length[walk] > 1) {
            walk = before[walk];
        }
        return value[walk];
    }
}

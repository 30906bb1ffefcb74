package org.comfyee.nodes.image.animation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SortedMap;

/** Texts in the form of the "Exchangeable image file format" (Exif), which is that of TIFF. */
final class ExifTexts {
    private static final int FIRST_DIRECTORY = 8;
    private static final int ENTRY = 12;
    private static final short ASCII = 2;
    private static final int INLINE = 4;

    private ExifTexts() {}

    /** @param texts of ASCII characters, by tag */
    static byte[] of(SortedMap<Integer, String> texts) {
        int end = FIRST_DIRECTORY + 2 + texts.size() * ENTRY + 4;
        int size = texts.values().stream().mapToInt(text -> text.length() + 1).filter(length -> length > INLINE).sum();
        var exif = ByteBuffer.allocate(end + size);
        exif.putShort((short) 0x4D4D).putShort((short) 42).putInt(FIRST_DIRECTORY).putShort((short) texts.size());
        int free = end;
        for (var text : texts.entrySet()) {
            var value = (text.getValue() + "\0").getBytes(StandardCharsets.US_ASCII);
            exif.putShort(text.getKey().shortValue()).putShort(ASCII).putInt(value.length);
            if (value.length <= INLINE) {
                exif.put(Arrays.copyOf(value, INLINE));
            } else {
                exif.putInt(free).put(free, value);
                free += value.length;
            }
        }
        return exif.putInt(0).array();
    }
}

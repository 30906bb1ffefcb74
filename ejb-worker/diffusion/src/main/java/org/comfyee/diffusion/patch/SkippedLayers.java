package org.comfyee.diffusion.patch;

import java.math.BigInteger;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Makes a transformer do without some of its blocks. */
public record SkippedLayers(List<Integer> doubleBlocks, List<Integer> singleBlocks) implements NetworkPatch {
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** The numbers in texts, whatever stands between them; those that are too large for any block count for nothing. */
    public static SkippedLayers parse(String doubleBlocks, String singleBlocks) {
        return new SkippedLayers(numbers(doubleBlocks), numbers(singleBlocks));
    }

    private static List<Integer> numbers(String text) {
        return NUMBER.matcher(text).results().map(MatchResult::group).map(BigInteger::new)
                .filter(number -> number.bitLength() < Integer.SIZE).map(BigInteger::intValue).toList();
    }

    /** Whether no block is left out. */
    public boolean isEmpty() {
        return doubleBlocks.isEmpty() && singleBlocks.isEmpty();
    }

    @Override
    public boolean skips(Section section, int block) {
        return switch (section) {
            case DOUBLE -> doubleBlocks.contains(block);
            case SINGLE -> singleBlocks.contains(block);
            case INPUT, MIDDLE, OUTPUT -> false;
        };
    }
}

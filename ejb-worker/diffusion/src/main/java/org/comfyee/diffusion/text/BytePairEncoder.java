package org.comfyee.diffusion.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * CLIP's byte-pair encoding (Radford et al. 2021; Sennrich et al. 2016): text to numbers below 49408, by the merges that
 * OpenAI published with CLIP.
 */
public final class BytePairEncoder {
    public static final int START = 49406;
    public static final int END = 49407;

    private static final int MOST_REMEMBERED_WORDS = 10_000;
    private static final String WORD_END = "</w>";
    private static final Pattern PIECES = Pattern.compile(
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    private static final Pattern IDEOGRAPHS = Pattern.compile("[\\x{4E00}-\\x{9FFF}\\x{3400}-\\x{4DBF}\\x{20000}-\\x{2A6DF}"
            + "\\x{2A700}-\\x{2B73F}\\x{2B740}-\\x{2B81F}\\x{2B820}-\\x{2CEAF}\\x{F900}-\\x{FAFF}\\x{2F800}-\\x{2FA1F}]");

    private record Pair(String first, String second) {}

    private static final class Holder {
        static final BytePairEncoder CLIP = new BytePairEncoder();
    }

    private final String[] symbolOfByte = symbols();
    private final Map<Pair, Integer> ranks = new HashMap<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, List<Integer>> known = new ConcurrentHashMap<>();

    private BytePairEncoder() {
        // The vocabulary's order: bytes, bytes that end a word, merges.
        var printable = printableBytes();
        for (var suffix : List.of("", WORD_END)) {
            printable.forEach(b -> ids.put(symbolOfByte[b] + suffix, ids.size()));
        }
        for (var line : merges()) {
            var space = line.indexOf(' ');
            var pair = new Pair(line.substring(0, space), line.substring(space + 1));
            ranks.put(pair, ranks.size());
            ids.put(pair.first() + pair.second(), ids.size());
        }
    }

    /** The one of this process; several threads may use it. */
    public static BytePairEncoder clip() {
        return Holder.CLIP;
    }

    private static List<String> merges() {
        try (var stream = BytePairEncoder.class.getResourceAsStream("clip-merges.txt");
                var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return reader.readAllLines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All bytes in the order of the vocabulary: those that print first. */
    private static List<Integer> printableBytes() {
        var printable = new ArrayList<Integer>();
        var others = new ArrayList<Integer>();
        for (int b = 0; b < 256; b++) {
            boolean prints = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            (prints ? printable : others).add(b);
        }
        printable.addAll(others);
        return printable;
    }

    /** A printable character for each byte. */
    private static String[] symbols() {
        var symbols = new String[256];
        int next = 256;
        for (int b : printableBytes()) {
            boolean prints = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            symbols[b] = String.valueOf((char) (prints ? b : next++));
        }
        return symbols;
    }

    /** The tokens of a text, without start and end. */
    public List<Integer> encode(String text) {
        var tokens = new ArrayList<Integer>();
        var pieces = PIECES.matcher(cleaned(text));
        while (pieces.find()) {
            var piece = pieces.group();
            switch (piece) {
                case "<|startoftext|>" -> tokens.add(START);
                case "<|endoftext|>" -> tokens.add(END);
                default -> tokens.addAll(word(piece));
            }
        }
        return tokens;
    }

    private static String cleaned(String text) {
        var kept = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c)) {
                kept.append(' ');
            } else if (c != 0xFFFD && !isControl(c)) {
                kept.appendCodePoint(c);
            }
        });
        var spaced = IDEOGRAPHS.matcher(kept).replaceAll(" $0 ");
        return Normalizer.normalize(spaced, Normalizer.Form.NFC).strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    private static boolean isControl(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    private List<Integer> word(String piece) {
        if (known.size() > MOST_REMEMBERED_WORDS) {
            known.clear();
        }
        return known.computeIfAbsent(piece, this::merge);
    }

    private List<Integer> merge(String piece) {
        var parts = new ArrayList<String>();
        for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
            parts.add(symbolOfByte[b & 0xff]);
        }
        parts.set(parts.size() - 1, parts.getLast() + WORD_END);
        while (parts.size() > 1) {
            var best = bestPair(parts);
            if (best == null) {
                break;
            }
            for (int i = 0; i + 1 < parts.size(); i++) {
                if (parts.get(i).equals(best.first()) && parts.get(i + 1).equals(best.second())) {
                    parts.set(i, best.first() + best.second());
                    parts.remove(i + 1);
                }
            }
        }
        return parts.stream().map(part -> ids.getOrDefault(part, END)).toList();
    }

    private Pair bestPair(List<String> parts) {
        Pair best = null;
        int bestRank = Integer.MAX_VALUE;
        for (int i = 0; i + 1 < parts.size(); i++) {
            var pair = new Pair(parts.get(i), parts.get(i + 1));
            int rank = ranks.getOrDefault(pair, Integer.MAX_VALUE);
            if (rank < bestRank) {
                best = pair;
                bestRank = rank;
            }
        }
        return best;
    }
}

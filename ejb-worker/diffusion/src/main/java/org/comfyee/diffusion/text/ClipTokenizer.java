package org.comfyee.diffusion.text;

import java.util.ArrayList;
import java.util.List;

/** Cuts a prompt into chunks of 77 tokens: start, up to 75 tokens of text, end, padding. */
public final class ClipTokenizer {
    public static final int CHUNK = 77;
    /** Shorter words are not torn apart at the end of a chunk. */
    private static final int LONG_WORD = 8;

    private final int padding;

    /** @param padding the token that fills the last chunk */
    public ClipTokenizer(int padding) {
        this.padding = padding;
    }

    /** The tokens of a weighted prompt; at least one chunk. */
    public List<List<Token>> tokenize(String prompt) {
        var chunks = new ArrayList<List<Token>>();
        var chunk = begin(chunks);
        for (var part : WeightedText.parse(prompt)) {
            var group = BytePairEncoder.clip().encode(part.text()).stream().map(id -> new Token(id, (float) part.weight())).toList();
            boolean tearable = group.size() >= LONG_WORD;
            while (!group.isEmpty()) {
                int room = CHUNK - 1 - chunk.size();
                if (group.size() <= room) {
                    chunk.addAll(group);
                    group = List.of();
                } else {
                    if (tearable) {
                        chunk.addAll(group.subList(0, room));
                        group = group.subList(room, group.size());
                    }
                    end(chunk);
                    chunk = begin(chunks);
                }
            }
        }
        end(chunk);
        return chunks;
    }

    /** A chunk without text. */
    List<Token> empty() {
        var chunk = begin(new ArrayList<>());
        end(chunk);
        return chunk;
    }

    private static List<Token> begin(List<List<Token>> chunks) {
        var chunk = new ArrayList<Token>(CHUNK);
        chunk.add(Token.plain(BytePairEncoder.START));
        chunks.add(chunk);
        return chunk;
    }

    private void end(List<Token> chunk) {
        chunk.add(Token.plain(BytePairEncoder.END));
        while (chunk.size() < CHUNK) {
            chunk.add(Token.plain(padding));
        }
    }
}

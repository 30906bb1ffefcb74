package org.comfyee.diffusion.text;

import java.util.ArrayList;
import java.util.List;

/** Cuts a prompt into chunks of 77 tokens: start, up to 75 tokens of text, end, padding. */
public final class ClipTokenizer {
    public static final int CHUNK = 77;
    /** Shorter words are not torn apart at the end of a chunk. */
    private static final int LONG_WORD = 8;

    private final TextPart part;
    private final Embeddings embeddings;

    /** @param part whose padding fills the last chunk, and whose vectors stand for learnt words */
    public ClipTokenizer(TextPart part, Embeddings embeddings) {
        this.part = part;
        this.embeddings = embeddings;
    }

    Embeddings embeddings() {
        return embeddings;
    }

    /** The token that fills the last chunk. */
    int padding() {
        return part == TextPart.CLIP_L ? BytePairEncoder.END : 0;
    }

    /** The tokens of a weighted prompt; at least one chunk. */
    public List<List<Token>> tokenize(String prompt) {
        var chunks = new ArrayList<List<Token>>();
        var chunk = begin(chunks);
        for (var wholeGroup : groups(prompt)) {
            var group = wholeGroup;
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

    /** What is not torn apart unless it is long. */
    private List<List<Token>> groups(String prompt) {
        var groups = new ArrayList<List<Token>>();
        for (var text : WeightedText.parse(prompt)) {
            for (var piece : embeddings.pieces(text.text(), part)) {
                groups.add(switch (piece) {
                    case Embeddings.Piece.Text words -> BytePairEncoder.clip().encode(words.text()).stream().map(id -> Token.of(id, text.weight())).toList();
                    case Embeddings.Piece.Vectors learnt -> learnt.vectors().stream().map(vector -> Token.learnt(vector, text.weight())).toList();
                });
            }
        }
        return groups;
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
            chunk.add(Token.plain(padding()));
        }
    }
}

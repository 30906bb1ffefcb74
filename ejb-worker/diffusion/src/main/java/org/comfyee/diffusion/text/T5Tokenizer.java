package org.comfyee.diffusion.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** Cuts a prompt into the pieces that T5 v1.1 knows, with one end token. */
public final class T5Tokenizer {
    /** The system property that names the tokenizer's file. */
    public static final String FILE_PROPERTY = "comfyee.t5.tokenizer";

    private static final int END = 1;
    static final int PADDING = 0;
    private static final ConcurrentHashMap<Path, HuggingFaceTokenizer> OPEN = new ConcurrentHashMap<>();

    private final int padding;
    private final int shortest;
    private final Embeddings embeddings;

    /** @param shortest how many tokens a prompt has at least; padding fills it */
    public T5Tokenizer(int shortest, Embeddings embeddings) {
        this(0, shortest, embeddings);
    }

    private T5Tokenizer(int padding, int shortest, Embeddings embeddings) {
        this.padding = padding;
        this.shortest = shortest;
        this.embeddings = embeddings;
    }

    T5Tokenizer with(Embeddings newEmbeddings) {
        return new T5Tokenizer(padding, shortest, newEmbeddings);
    }

    /** @param newPadding how many tokens of padding end each prompt */
    T5Tokenizer padded(int newPadding, int newShortest) {
        return new T5Tokenizer(newPadding, newShortest, embeddings);
    }

    /**
     * The tokens of a weighted prompt.
     *
     * @throws IllegalStateException if the tokenizer's file is missing; says where it belongs
     */
    List<Token> tokenize(String prompt) {
        var tokens = new ArrayList<Token>();
        for (var part : WeightedText.parse(prompt)) {
            for (var piece : embeddings.pieces(part.text(), TextPart.T5XXL)) {
                switch (piece) {
                    case Embeddings.Piece.Text text -> Arrays.stream(tokenizer().encode(text.text(), false, false).getIds())
                            .forEach(id -> tokens.add(Token.of((int) id, part.weight())));
                    case Embeddings.Piece.Vectors learnt -> learnt.vectors().forEach(vector -> tokens.add(Token.learnt(vector, part.weight())));
                }
            }
        }
        // The end, and the padding that comes whatever the length.
        return filled(tokens, Math.max(shortest, tokens.size() + 1 + padding));
    }

    /** A prompt without text, as long as another one. */
    static List<Token> empty(int length) {
        return filled(new ArrayList<>(), length);
    }

    private static List<Token> filled(List<Token> tokens, int length) {
        tokens.add(Token.plain(END));
        while (tokens.size() < length) {
            tokens.add(Token.plain(PADDING));
        }
        return tokens;
    }

    private static HuggingFaceTokenizer tokenizer() {
        var file = Path.of(System.getProperty(FILE_PROPERTY, "t5_tokenizer.json")).toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            throw new IllegalStateException("this text encoder needs the tokenizer of T5 v1.1 (tokenizer.json, as Hugging Face keeps it), "
                    + "but there is no file " + file);
        }
        return OPEN.computeIfAbsent(file, T5Tokenizer::open);
    }

    private static HuggingFaceTokenizer open(Path file) {
        try {
            return HuggingFaceTokenizer.builder().optTokenizerPath(file).optAddSpecialTokens(false).optPadding(false).optTruncation(false).build();
        } catch (IOException e) {
            throw new UncheckedIOException("the tokenizer " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}

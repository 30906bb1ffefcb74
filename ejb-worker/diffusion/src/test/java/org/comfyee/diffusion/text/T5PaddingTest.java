package org.comfyee.diffusion.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a tokenizer that knows two words. */
class T5PaddingTest {
    @TempDir
    private static Path directory;

    private static String before;

    @BeforeAll
    static void writeTokenizer() throws IOException {
        var file = directory.resolve("tokenizer.json");
        Files.writeString(file, """
                {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "Whitespace"},
                 "model": {"type": "WordLevel", "vocab": {"<unk>": 2, "a": 3, "cat": 4}, "unk_token": "<unk>"}}
                """);
        before = System.setProperty(T5Tokenizer.FILE_PROPERTY, file.toString());
    }

    @AfterAll
    static void restore() {
        if (before == null) {
            System.clearProperty(T5Tokenizer.FILE_PROPERTY);
        } else {
            System.setProperty(T5Tokenizer.FILE_PROPERTY, before);
        }
    }

    private static List<Token> tokens(T5Tokenizer tokenizer) {
        return tokenizer.tokenize("a cat");
    }

    @Test
    void promptsEndInOneTokenAndPadding() {
        var tokenizer = new T5Tokenizer(5, Embeddings.NONE);
        var cat = List.of(Token.plain(3), Token.plain(4), Token.plain(1));
        assertEquals(cat, tokens(tokenizer.padded(0, 0)));
        assertEquals(5, tokens(tokenizer).size());
        assertEquals(cat, tokens(tokenizer).subList(0, 3));
        assertEquals(Token.plain(0), tokens(tokenizer).getLast());
        assertEquals(7, tokens(tokenizer.padded(4, 0)).size());
        assertEquals(7, tokens(tokenizer.padded(4, 6)).size());
        assertEquals(9, tokens(tokenizer.padded(4, 9)).size());
    }
}

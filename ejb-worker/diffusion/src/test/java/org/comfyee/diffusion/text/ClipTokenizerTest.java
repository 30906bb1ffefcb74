package org.comfyee.diffusion.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipTokenizerTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a photo of a cat | 320 1125 539 320 2368
            a photo of a ca\ft | 320 1125 539 320 2368
            'masterpiece, best quality, 1girl, (solo)' | 12066 267 949 3027 267 272 1611 267 263 5797 264
            It's 2024: don't panic! | 585 568 273 271 273 275 281 847 713 14124 256
            Überraschung café | 6522 867 559 844 4334 15304
            猫の写真 | 163 234 360 4813 362 27972 503 33440 509
            """, quoteCharacter = '\0')
    void encodesLikeTheOriginal(String text, String tokens) {
        var plain = text.startsWith("'") ? text.substring(1, text.length() - 1) : text;
        assertEquals(tokens, String.join(" ", BytePairEncoder.clip().encode(plain).stream().map(String::valueOf).toList()));
    }

    @Test
    void parenthesesGiveWeight() {
        assertEquals(List.of(new WeightedText("a ", 1), new WeightedText("red", 1.1), new WeightedText(" cat ", 1), new WeightedText("big", 1.5)),
                WeightedText.parse("a (red) cat (big:1.5)"));
    }

    @Test
    void weightsMultiplyWhereTheyNest() {
        assertEquals(1.1 * 1.1, WeightedText.parse("((very))").getFirst().weight(), 1e-12);
    }

    /** Java's numbers may end in d and f. */
    @Test
    void whatFollowsAColonIsAWeightOnlyIfItIsANumberInPython() {
        assertEquals(List.of(new WeightedText("render:3d", 1.1), new WeightedText("cat", 0.5), new WeightedText("dog", -1.5), new WeightedText("a:b", 2)),
                WeightedText.parse("(render:3d)(cat: .5 )(dog:-15e-1)(a:b:2.)"));
    }

    @Test
    void escapedParenthesesAreText() {
        assertEquals(List.of(new WeightedText("a (b)", 1)), WeightedText.parse("a \\(b\\)"));
    }

    @Test
    void longPromptsFillSeveralChunks() {
        var chunks = new ClipTokenizer(TextPart.CLIP_L, Embeddings.NONE).tokenize("cat ".repeat(80));
        assertEquals(2, chunks.size());
        for (var chunk : chunks) {
            assertEquals(ClipTokenizer.CHUNK, chunk.size());
            assertEquals(BytePairEncoder.START, chunk.getFirst().id());
        }
        assertEquals(2368, chunks.get(0).get(75).id());
        assertEquals(BytePairEncoder.END, chunks.get(0).get(76).id());
        assertEquals(BytePairEncoder.END, chunks.get(1).get(6).id());
    }
}

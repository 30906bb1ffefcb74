package org.comfyee.diffusion.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.diffusion.WeightFiles;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Words that are called in prompts: those that repeat the vocabulary's vectors say what the vocabulary's words say. */
class EmbeddingsTest {
    private static final int PHOTO = 1125;
    private static final int CAT = 2368;

    @TempDir
    private static Path directory;

    private static Path models;
    private static TextEncoder encoder;

    private TensorScope scope;

    @BeforeAll
    static void write() throws IOException {
        Torch.loadConfigured();
        var checkpoint = directory.resolve("tiny.safetensors");
        SyntheticCheckpoint.write(checkpoint, SyntheticCheckpoint.Layout.TINY_SD15);
        models = Files.createDirectories(directory.resolve("embeddings"));
        Files.createDirectories(models.resolve("deeper"));
        encoder = CheckpointLoader.load(checkpoint).text().withEmbeddings(new Embeddings(List.of(models)));
        try (var _ = new TensorScope()) {
            var table = SafetensorsFile.open(checkpoint).tensor("cond_stage_model.transformer.text_model.embeddings.token_embedding.weight");
            var cat = table.narrow(0, CAT, 1);
            var both = Tensor.cat(List.of(table.narrow(0, PHOTO, 1), cat), 0);
            save("first.safetensors", Map.of("emb_params", cat));
            save("deeper/below.safetensors", Map.of("emb_params", both));
            var several = new LinkedHashMap<String, Tensor>();
            several.put("clip_g", Tensor.zeros(cat.dtype(), 2, 96));
            several.put("clip_l", cat);
            save("several.safetensors", several);
            save("flat.safetensors", Map.of("emb_params", cat.reshape(-1)));
            save("trained.safetensors", Map.of("a.first.tensor", both, "string_to_param.*", cat));
            save("bundle.safetensors", Map.of("bundle_emb.word.string_to_param.*", cat, "lora_unet_x.alpha", cat));
            save("wide.safetensors", Map.of("emb_params", Tensor.zeros(cat.dtype(), 2, 96)));
            save("../outside.safetensors", Map.of("emb_params", cat));
            Files.writeString(models.resolve("old.pt"), "a pickle");
            // What the first training programs wrote, of the vector of "cat".
            try (var pickled = EmbeddingsTest.class.getResourceAsStream("word.pt")) {
                Files.copy(pickled, models.resolve("pickled.pt"));
            }
        }
    }

    private static void save(String name, Map<String, Tensor> tensors) throws IOException {
        WeightFiles.write(models.resolve(name), tensors);
    }

    @BeforeEach
    void open() {
        scope = new TensorScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static void assertSame(String plain, String called) {
        var wanted = encoder.encode(plain);
        var given = encoder.encode(called);
        assertArrayEquals(wanted.cond().toFloats(), given.cond().toFloats(), 1e-5f, called);
        assertArrayEquals(wanted.pooled().toFloats(), given.pooled().toFloats(), 1e-5f, called);
    }

    @Test
    void filesOfEachFormStandForTheirVectors() {
        for (var name : List.of("first", "first.safetensors", "several", "flat", "bundle", "trained", "pickled", "pickled.pt")) {
            assertSame("a photo of a cat", "a photo of a embedding:" + name);
        }
    }

    @Test
    void wordsMayHaveSeveralVectorsAndLieDeeper() {
        assertSame("photo cat", "embedding:below");
        assertSame("a photo cat\nphoto cat on a mat", "a embedding:below\nembedding:below on a mat");
    }

    @Test
    void weightsCountForTheVectors() {
        assertSame("a (cat:1.3) runs", "a (embedding:first:1.3) runs");
        assertSame("a (cat runs)", "a (embedding:first runs)");
    }

    @Test
    void commasBelongToTheText() {
        assertSame("a cat, and a cat", "a embedding:first, and a embedding:first");
    }

    @Test
    void missingWordsAreLeftOut() {
        assertSame("a cat", "a embedding:nothing cat");
        assertSame("a cat", "a embedding:../outside cat");
        assertSame("a", "a embedding:");
    }

    @Test
    void vectorsOfAnotherEncoderAreLeftOut() {
        assertSame("a cat", "a embedding:wide cat");
    }

    @Test
    void filesWithoutTensorsAreRefusedByName() {
        var refusal = assertThrows(UncheckedIOException.class, () -> encoder.encode("a embedding:old"));
        assertTrue(refusal.getMessage().contains("'old'") && refusal.getMessage().contains("pickle"), refusal.getMessage());
    }

    @Test
    void vectorsOfOneWordMoveToTheNextChunkTogether() throws IOException {
        save("seven.safetensors", Map.of("emb_params", Tensor.zeros(ScalarType.FLOAT32, 7, 64)));
        var chunks = new ClipTokenizer(TextPart.CLIP_L, new Embeddings(List.of(models))).tokenize("cat ".repeat(70) + " embedding:seven");
        assertEquals(2, chunks.size());
        assertTrue(chunks.get(1).get(1).vector().isPresent());
        assertEquals(BytePairEncoder.END, chunks.get(0).get(71).id());
    }

    @Test
    void withoutDirectoriesTheCallIsText() {
        var tokens = new ClipTokenizer(TextPart.CLIP_L, Embeddings.NONE).tokenize("embedding:first").getFirst();
        assertEquals(BytePairEncoder.clip().encode("embedding:first").getFirst(), tokens.get(1).id());
    }
}

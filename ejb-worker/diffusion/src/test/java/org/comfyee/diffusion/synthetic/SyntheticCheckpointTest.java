package org.comfyee.diffusion.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.diffusion.checkpoint.CheckpointException;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;
import org.comfyee.torch.TensorScope;
import org.comfyee.torch.Torch;
import org.comfyee.torch.safetensors.SafetensorsException;
import org.comfyee.torch.safetensors.SafetensorsFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticCheckpointTest {
    @TempDir
    private static Path directory;

    private static Path checkpoint;

    @BeforeAll
    static void write() throws Exception {
        Torch.loadConfigured();
        checkpoint = directory.resolve("tiny.safetensors");
        SyntheticCheckpoint.write(checkpoint, SyntheticCheckpoint.Layout.TINY_SD15);
    }

    private static Map<String, String> recordedSums() throws Exception {
        var sums = new LinkedHashMap<String, String>();
        try (var stream = SyntheticCheckpointTest.class.getResourceAsStream("/tiny-sd15.check.json");
                var parser = new JsonFactory().createParser(stream)) {
            String tensor = null;
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.FIELD_NAME && parser.getParsingContext().getParent().inRoot()) {
                    tensor = parser.currentName();
                } else if (parser.currentToken() == JsonToken.VALUE_STRING && parser.currentName().startsWith("sha256")) {
                    sums.put(tensor, parser.getText());
                }
            }
        }
        return sums;
    }

    @Test
    void weightsAreThoseThatOthersMake() throws Exception {
        var file = SafetensorsFile.open(checkpoint);
        var sums = recordedSums();
        assertTrue(sums.size() > 3, sums.toString());
        for (var sum : sums.entrySet()) {
            try (var _ = new TensorScope()) {
                var bytes = file.tensor(sum.getKey()).data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                assertEquals(sum.getValue(), HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)), sum.getKey());
            }
        }
    }

    @Test
    void aTruncatedCheckpointIsRefused() throws Exception {
        var cut = directory.resolve("cut.safetensors");
        Files.write(cut, java.util.Arrays.copyOf(Files.readAllBytes(checkpoint), 1_000_000));
        assertThrows(SafetensorsException.class, () -> CheckpointLoader.load(cut));
    }

    @Test
    void aPickleIsRefusedByName() throws Exception {
        var pickle = Files.writeString(directory.resolve("old.ckpt"), "anything");
        var refusal = assertThrows(CheckpointException.class, () -> CheckpointLoader.load(pickle));
        assertTrue(refusal.getMessage().contains("old.ckpt") && refusal.getMessage().contains("safetensors"), refusal.getMessage());
    }
}

package org.comfyee.diffusion.text;

import java.util.Map;
import org.comfyee.diffusion.checkpoint.Weights;

/**
 * Stands for the text encoder of a checkpoint that has none: it is handed on as others are, and who encodes with it is told.
 *
 * @param reason what is missing where
 */
public record MissingTextEncoder(String reason) implements TextEncoder {

    /** @param beginnings of the names of weights that are missing */
    public static TextEncoder in(String file, String... beginnings) {
        return new MissingTextEncoder(file + " has no text encoder (no weight begins with " + String.join(" or ", beginnings)
                + "): load it from a file of its own");
    }

    @Override
    public TextEncoder withLastLayer(int layer) {
        return this;
    }

    @Override
    public TextEncoder unprojected() {
        return this;
    }

    @Override
    public TextEncoder withEmbeddings(Embeddings embeddings) {
        return this;
    }

    @Override
    public Map<TextPart, Weights> parts() {
        return Map.of();
    }

    @Override
    public TextEncoder withParts(Map<TextPart, Weights> changed) {
        return this;
    }

    /** @throws IllegalStateException always */
    @Override
    public EncodedText encode(String prompt) {
        throw new IllegalStateException(reason);
    }

    /** @throws IllegalStateException always */
    @Override
    public EncodedText encode(Map<TextPart, String> prompts) {
        throw new IllegalStateException(reason);
    }
}

package org.comfyee.diffusion.text;

import java.util.Map;
import java.util.function.Function;
import org.comfyee.diffusion.checkpoint.Weights;
import org.comfyee.diffusion.model.Conditioning;

/** Turns prompts into what a diffusion model is conditioned on. A value: changes make another encoder. */
public interface TextEncoder {
    /** The same encoder that stops earlier: -1 is the last layer, -2 the one before. */
    TextEncoder withLastLayer(int layer);

    /** The same encoder that leaves the pooled text as its models have it, rather than in the space that texts share with pictures. */
    TextEncoder unprojected();

    /**
     * The same encoder that fills up what T5 reads; one without T5 stays as it is.
     *
     * @param padding how many tokens of padding end each prompt
     * @param shortest how many tokens a prompt has at least
     */
    default TextEncoder withT5Padding(int padding, int shortest) {
        return this;
    }

    /** The same encoder that knows words which were learnt as vectors. */
    TextEncoder withEmbeddings(Embeddings embeddings);

    /** The weights of each part, CLIPs in the layout of Hugging Face. */
    Map<TextPart, Weights> parts();

    /**
     * The same encoder with other weights; this one keeps its own.
     *
     * @param changed weights of each part that changes
     */
    TextEncoder withParts(Map<TextPart, Weights> changed);

    /**
     * What a diffusion model is to be told of a prompt.
     *
     * @param encoding encodes the prompt with the encoder that it is given, which may be called for several times
     */
    default Conditioning conditioning(Function<TextEncoder, EncodedText> encoding) {
        var encoded = encoding.apply(this);
        return Conditioning.of(encoded.cond(), encoded.pooled());
    }

    /** Encodes a prompt with its weights; the tensors join the current scope. */
    EncodedText encode(String prompt);

    /**
     * Encodes a prompt of its own for each part of the encoder. Parts with fewer chunks of text are filled up with empty
     * ones; the tensors join the current scope.
     *
     * @throws IllegalArgumentException if the prompts are not for the parts that this encoder has
     */
    EncodedText encode(Map<TextPart, String> prompts);
}

package org.comfyee.diffusion.text;

/** A number of the vocabulary and how much it counts. */
public record Token(int id, float weight) {
    static Token plain(int id) {
        return new Token(id, 1);
    }
}

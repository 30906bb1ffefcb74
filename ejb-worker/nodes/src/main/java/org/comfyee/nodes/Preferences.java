package org.comfyee.nodes;

import java.util.Locale;

/**
 * What the operator decides about the built-in nodes.
 *
 * @param metadata whether saved files carry their workflow
 * @param previewSize the longer side of previews in pixels
 */
public record Preferences(boolean metadata, PreviewMethod preview, int previewSize) {
    public static final Preferences DEFAULT = new Preferences(true, PreviewMethod.NONE, 512);

    /** How work in progress is shown. */
    public enum PreviewMethod {
        NONE,
        LATENT2RGB,
        /** By a TAESD, where there is one for the model's latents. */
        TAESD;

        /** @throws IllegalArgumentException that names the value and what is possible */
        public static PreviewMethod of(String name) {
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "none" -> NONE;
                case "auto", "latent2rgb" -> LATENT2RGB;
                case "taesd" -> TAESD;
                default -> throw new IllegalArgumentException("the preview method is '" + name + "', expected none, auto, latent2rgb or taesd");
            };
        }
    }
}

package org.comfyee.nodes;

import java.util.Locale;
import java.util.Optional;
import org.comfyee.workflow.node.NodeContext;

/**
 * What the operator decides about the built-in nodes.
 *
 * @param metadata whether saved files carry their workflow
 * @param previewSize the longer side of previews in pixels
 */
public record Preferences(boolean metadata, PreviewMethod preview, int previewSize) {
    public static final Preferences DEFAULT = new Preferences(true, PreviewMethod.NONE, 512);

    /** How work in progress of a prompt is shown: as its client asks, if it asks for something that is known. */
    public PreviewMethod preview(NodeContext context) {
        return context.extraData().get("preview_method") instanceof String wish ? PreviewMethod.find(wish).orElse(preview) : preview;
    }

    /** How work in progress is shown. */
    public enum PreviewMethod {
        NONE,
        LATENT2RGB,
        /** By a TAESD, where there is one for the model's latents. */
        TAESD;

        /** @throws IllegalArgumentException that names the value and what is possible */
        public static PreviewMethod of(String name) {
            return find(name).orElseThrow(() ->
                    new IllegalArgumentException("the preview method is '" + name + "', expected none, auto, latent2rgb or taesd"));
        }

        private static Optional<PreviewMethod> find(String name) {
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "none" -> Optional.of(NONE);
                case "auto", "latent2rgb" -> Optional.of(LATENT2RGB);
                case "taesd" -> Optional.of(TAESD);
                default -> Optional.empty();
            };
        }
    }
}

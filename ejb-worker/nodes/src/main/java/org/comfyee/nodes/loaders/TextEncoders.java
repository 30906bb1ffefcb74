package org.comfyee.nodes.loaders;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.comfyee.diffusion.checkpoint.TextEncoderLoader;
import org.comfyee.diffusion.checkpoint.TextEncoderLoader.Purpose;
import org.comfyee.diffusion.text.Embeddings;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.nodes.Models;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.node.NodeContext;

/** Opens text encoders for the loading nodes. */
final class TextEncoders {
    private TextEncoders() {}

    /**
     * @param type what workflows call the family of diffusion models
     * @throws IllegalArgumentException if text encoders of that family are not supported
     */
    static TextEncoder open(NodeContext context, String type, String... names) throws IOException {
        var purpose = switch (type) {
            case "stable_diffusion" -> Purpose.STABLE_DIFFUSION;
            case "sdxl" -> Purpose.SDXL;
            case "sd3" -> Purpose.SD3;
            case "flux" -> Purpose.FLUX;
            default -> throw new IllegalArgumentException("text encoders of type '" + type
                    + "' are not supported; expected stable_diffusion, sdxl, sd3 or flux");
        };
        Torch.loadConfigured();
        List<Path> files = new ArrayList<>();
        for (var name : names) {
            files.add(context.folders().model("text_encoders", name));
        }
        TextEncoder encoder = context.service(Models.class).open("text encoder " + purpose, files, paths -> TextEncoderLoader.load(paths, purpose));
        return withEmbeddings(encoder, context);
    }

    /** The same encoder that knows the learnt words in the models' directory. */
    static TextEncoder withEmbeddings(TextEncoder encoder, NodeContext context) {
        return encoder.withEmbeddings(new Embeddings(context.folders().modelPaths("embeddings")));
    }
}

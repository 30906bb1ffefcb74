package org.comfyee.diffusion.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.comfyee.diffusion.text.ClipUse;
import org.comfyee.diffusion.text.DualTextEncoder;
import org.comfyee.diffusion.text.FluxTextEncoder;
import org.comfyee.diffusion.text.Sd3TextEncoder;
import org.comfyee.diffusion.text.SingleTextEncoder;
import org.comfyee.diffusion.text.TextEncoder;
import org.comfyee.diffusion.text.TextPart;

/** Opens text encoders whose parts lie in files of their own, and puts them together for a family of diffusion models. */
public final class TextEncoderLoader {
    private static final String HUGGING_FACE_LAYERS = "text_model.encoder.layers";
    private static final String OPEN_CLIP_LAYERS = "transformer.resblocks";

    private TextEncoderLoader() {}

    /** For what an encoder is put together. */
    public enum Purpose { STABLE_DIFFUSION, SDXL, SD3, FLUX }

    /**
     * @param paths in any order
     * @throws CheckpointException if the files are not the parts that are needed
     * @throws IOException if one is no readable safetensors file
     */
    public static TextEncoder load(List<Path> paths, Purpose purpose) throws IOException {
        var parts = new EnumMap<TextPart, Weights>(TextPart.class);
        for (var path : paths) {
            var weights = WeightsFile.open(path);
            var part = part(path.getFileName().toString(), weights);
            if (parts.put(part, weights) != null) {
                throw new CheckpointException("two of the files are a text encoder " + part + ": " + names(paths));
            }
        }
        try {
            return switch (purpose) {
                case STABLE_DIFFUSION -> single(paths, parts);
                case SDXL -> new DualTextEncoder(required(paths, parts, TextPart.CLIP_L), required(paths, parts, TextPart.CLIP_G));
                case FLUX -> new FluxTextEncoder(required(paths, parts, TextPart.CLIP_L), required(paths, parts, TextPart.T5XXL));
                case SD3 -> {
                    if (parts.containsKey(TextPart.CLIP_H)) {
                        throw new CheckpointException("Stable Diffusion 3 has no use for the text encoder " + TextPart.CLIP_H + ": " + names(paths));
                    }
                    yield Sd3TextEncoder.of(found(parts, TextPart.CLIP_L), found(parts, TextPart.CLIP_G), found(parts, TextPart.T5XXL));
                }
            };
        } catch (NoSuchElementException e) {
            throw new CheckpointException(names(paths) + ": incomplete: " + e.getMessage());
        }
    }

    private static TextEncoder single(List<Path> paths, Map<TextPart, Weights> parts) throws CheckpointException {
        var part = parts.keySet().iterator().next();
        return switch (part) {
            case CLIP_L -> new SingleTextEncoder(ClipUse.SD1_L, parts.get(part));
            case CLIP_H -> new SingleTextEncoder(ClipUse.SD2_H, parts.get(part));
            case CLIP_G -> new SingleTextEncoder(ClipUse.SDXL_G, parts.get(part));
            case T5XXL -> throw new CheckpointException(names(paths) + " is a T5; choose the type of the model that it is for, such as sd3");
        };
    }

    private static Optional<Weights> found(Map<TextPart, Weights> parts, TextPart part) {
        return Optional.ofNullable(parts.get(part));
    }

    private static Weights required(List<Path> paths, Map<TextPart, Weights> parts, TextPart part) throws CheckpointException {
        return found(parts, part).orElseThrow(() -> new CheckpointException("none of the files is the text encoder " + part + ": " + names(paths)));
    }

    private static Set<String> names(List<Path> paths) {
        var names = new TreeSet<String>();
        paths.forEach(path -> names.add(path.getFileName().toString()));
        return names;
    }

    private static TextPart part(String file, Weights weights) throws CheckpointException {
        if (weights.has("encoder.block.0.layer.1.DenseReluDense.wi_1.weight")) {
            return TextPart.T5XXL;
        }
        int layers = Math.max(weights.count(HUGGING_FACE_LAYERS), weights.count(OPEN_CLIP_LAYERS));
        if (layers == 0) {
            throw new CheckpointException(file + " is no text encoder that is supported: it has neither the layers of a CLIP nor those of T5 v1.1");
        }
        // ViT-bigG has 32 layers, ViT-H 24 and ViT-L 12.
        return layers > 30 ? TextPart.CLIP_G : layers > 22 ? TextPart.CLIP_H : TextPart.CLIP_L;
    }
}

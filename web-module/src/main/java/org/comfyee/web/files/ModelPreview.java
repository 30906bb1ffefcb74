package org.comfyee.web.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.JsonException;

/** The picture that shows what a model makes: beside the model's file, or inside it. */
public final class ModelPreview {
    private static final int MOST_HEADER_BYTES = 8 << 20;
    private static final String COVER_IMAGES = "ssmd_cover_images";

    private ModelPreview() {}

    /** @return the first picture that can be read, of {@code model.png}, {@code model.preview.png} and the covers in the file */
    public static Optional<Picture> find(Path model) throws IOException {
        for (var file : beside(model)) {
            try {
                return Optional.of(Picture.read(file));
            } catch (UnreadablePictureException e) {
                // Another may be readable.
            }
        }
        return model.toString().endsWith(".safetensors") && Files.isRegularFile(model) ? inside(model) : Optional.empty();
    }

    private static List<Path> beside(Path model) throws IOException {
        var name = model.getFileName().toString();
        int dot = name.lastIndexOf('.');
        var base = dot <= 0 ? name : name.substring(0, dot);
        if (!Files.isDirectory(model.getParent())) {
            return List.of();
        }
        try (var files = Files.list(model.getParent())) {
            return files.filter(file -> isPreview(file.getFileName().toString(), base)).sorted().toList();
        }
    }

    private static boolean isPreview(String name, String base) {
        if (!name.startsWith(base + ".") || !MediaTypes.isPicture(name)) {
            return false;
        }
        var rest = name.substring(base.length() + 1, name.lastIndexOf('.') < base.length() + 1 ? base.length() + 1 : name.lastIndexOf('.'));
        return rest.isEmpty() || rest.equals("preview");
    }

    private static Optional<Picture> inside(Path model) throws IOException {
        var covers = SafetensorsMetadata.read(model, MOST_HEADER_BYTES).map(metadata -> metadata.get(COVER_IMAGES));
        if (covers.isEmpty() || !(covers.get() instanceof String text)) {
            return Optional.empty();
        }
        try {
            for (var cover : Json.parse(text) instanceof List<?> list ? list : List.of()) {
                return Optional.of(Picture.of(Base64.getMimeDecoder().decode(String.valueOf(cover)), model.getFileName() + " (cover)"));
            }
        } catch (JsonException | IllegalArgumentException | UnreadablePictureException e) {
            // No picture that anybody could see.
        }
        return Optional.empty();
    }
}

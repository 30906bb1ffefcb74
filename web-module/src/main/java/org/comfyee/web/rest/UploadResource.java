package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.EntityPart;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.nodes.image.Pictures;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.files.Picture;
import org.comfyee.web.files.SafeWrite;
import org.comfyee.web.files.Uploads;
import org.comfyee.workflow.files.AnnotatedName;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.files.PathEscapeException;
import org.comfyee.workflow.json.Json;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /upload/*}: files for workflows, streamed to disk. */
@Path("/upload")
@RequestScoped
@Tag(ref = "files")
@Consumes(MediaType.MULTIPART_FORM_DATA)
public class UploadResource {
    private static final int MASK_COMPRESSION = 4;

    @EJB
    private FrontEnd frontEnd;

    /** Makes what is stored of what was received, or nothing. */
    private interface Maker {
        Optional<java.nio.file.Path> make(java.nio.file.Path received) throws IOException;
    }

    @POST
    @Path("image")
    @Operation(summary = "Stores a file: parts image, overwrite, type (input, temp, output) and subfolder")
    public Response uploadImage(List<EntityPart> parts) throws IOException {
        return store(Parts.of(parts), Optional::of);
    }

    @POST
    @Path("mask")
    @Operation(summary = "Stores the picture that the part original_ref names with the alpha of the one that is sent")
    public Response uploadMask(List<EntityPart> received) throws IOException {
        var parts = Parts.of(received);
        var reference = Json.parseObject(Parts.text(parts, "original_ref")
                .orElseThrow(() -> new BadValueException("original_ref", "", "JSON with the filename, type and subfolder of a picture")));
        var original = original(reference);
        return store(parts, mask -> original.isPresent() ? Optional.of(merged(original.get(), mask)) : Optional.empty());
    }

    private Response store(List<EntityPart> parts, Maker maker) throws IOException {
        var image = Parts.find(parts, "image");
        var fileName = image.map(Parts::fileName).orElse("");
        if (fileName.isEmpty()) {
            return Answers.empty(400);
        }
        var typeName = Parts.text(parts, "type").filter(value -> !value.isEmpty()).orElse("input");
        var type = Directory.ofType(typeName);
        if (type.isEmpty()) {
            throw new BadValueException("type", typeName, "input, temp or output");
        }
        var subfolder = Parts.text(parts, "subfolder").orElse("");
        boolean overwrite = Parts.text(parts, "overwrite").map(value -> value.equals("true") || value.equals("1")).orElse(false);
        java.nio.file.Path folder;
        java.nio.file.Path target;
        try {
            folder = Inside.resolve(frontEnd.folders().directory(type.get()), subfolder);
            target = Inside.resolve(folder, fileName);
            if (target.equals(folder)) {
                return Answers.empty(400);
            }
        } catch (PathEscapeException e) {
            return Answers.empty(400);
        }
        Files.createDirectories(target.getParent());
        var received = SafeWrite.unnamed(target.getParent());
        Optional<java.nio.file.Path> made = Optional.empty();
        try (var content = image.orElseThrow().getContent()) {
            Files.copy(content, received);
            made = maker.make(received);
            var saved = Uploads.place(received, made, target, overwrite);
            var answer = new LinkedHashMap<String, Object>();
            answer.put("name", folder.relativize(saved).toString());
            answer.put("subfolder", subfolder);
            answer.put("type", type.get().typeName());
            return Answers.json(answer);
        } finally {
            Files.deleteIfExists(received);
            if (made.isPresent()) {
                Files.deleteIfExists(made.get());
            }
        }
    }

    /** The picture that a reference names. Clients are not told if there is none; then nothing is stored. */
    private Optional<java.nio.file.Path> original(Map<String, Object> reference) {
        if (!(reference.get("filename") instanceof String name)) {
            throw new BadValueException("original_ref.filename", reference.get("filename"), "the name of a picture");
        }
        var named = AnnotatedName.requested(name, String.valueOf(reference.getOrDefault("type", "output")));
        if (named.isEmpty()) {
            return Optional.empty();
        }
        try {
            var folder = Inside.resolve(frontEnd.folders().directory(named.get().directory()), String.valueOf(reference.getOrDefault("subfolder", "")));
            return Optional.of(Inside.resolve(folder, named.get().name())).filter(Files::isRegularFile);
        } catch (PathEscapeException e) {
            return Optional.empty();
        }
    }

    private static java.nio.file.Path merged(java.nio.file.Path original, java.nio.file.Path mask) throws IOException {
        var picture = Picture.read(original);
        var merged = picture.withAlphaOf(Picture.read(mask));
        var file = SafeWrite.unnamed(mask.getParent());
        Pictures.writePng(file, merged.image(), MASK_COMPRESSION, merged.texts());
        return file;
    }
}

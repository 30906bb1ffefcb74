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
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.comfyee.web.FrontEnd;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.files.PathEscapeException;

/** {@code /upload/image}: files for workflows, streamed to disk. */
@Path("/upload/image")
@RequestScoped
public class UploadResource {
    @EJB
    private FrontEnd frontEnd;

    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public Response upload(List<EntityPart> parts) throws IOException {
        var image = find(parts, "image");
        var fileName = image.flatMap(EntityPart::getFileName).orElse("");
        if (fileName.isEmpty()) {
            return Answers.empty(400);
        }
        var type = Directory.ofType(text(parts, "type").filter(value -> !value.isEmpty()).orElse("input"));
        if (type.isEmpty()) {
            return Answers.empty(400);
        }
        var subfolder = text(parts, "subfolder").orElse("");
        boolean overwrite = text(parts, "overwrite").map(value -> value.equals("true") || value.equals("1")).orElse(false);
        java.nio.file.Path target;
        try {
            var folder = Inside.resolve(frontEnd.folders().directory(type.get()), subfolder);
            target = Inside.resolve(folder, fileName);
            if (target.equals(folder)) {
                return Answers.empty(400);
            }
        } catch (PathEscapeException e) {
            return Answers.empty(400);
        }
        Files.createDirectories(target.getParent());
        var saved = store(image.orElseThrow().getContent(), target, overwrite);
        var answer = new LinkedHashMap<String, Object>();
        answer.put("name", saved.getFileName().toString());
        answer.put("subfolder", subfolder);
        answer.put("type", type.get().typeName());
        return Answers.json(answer);
    }

    private static Optional<EntityPart> find(List<EntityPart> parts, String name) {
        return parts.stream().filter(part -> part.getName().equals(name)).findFirst();
    }

    private static Optional<String> text(List<EntityPart> parts, String name) throws IOException {
        var part = find(parts, name);
        return part.isPresent() ? Optional.of(part.get().getContent(String.class)) : Optional.empty();
    }

    /** A file of that name stays, unless it may be overwritten: the same content is not stored twice, another gets a number. */
    private static java.nio.file.Path store(InputStream content, java.nio.file.Path target, boolean overwrite) throws IOException {
        var received = Files.createTempFile(target.getParent(), ".upload", "");
        try (content) {
            Files.copy(content, received, StandardCopyOption.REPLACE_EXISTING);
            if (overwrite) {
                return Files.move(received, target, StandardCopyOption.REPLACE_EXISTING);
            }
            var candidate = target;
            for (int i = 1; ; i++) {
                try {
                    Files.createLink(candidate, received);
                    return candidate;
                } catch (FileAlreadyExistsException e) {
                    if (Files.isRegularFile(candidate) && Files.mismatch(candidate, received) < 0) {
                        return candidate;
                    }
                    candidate = numbered(target, i);
                }
            }
        } finally {
            Files.deleteIfExists(received);
        }
    }

    private static java.nio.file.Path numbered(java.nio.file.Path target, int number) {
        var name = target.getFileName().toString();
        int dot = name.lastIndexOf('.');
        var stem = dot <= 0 ? name : name.substring(0, dot);
        var extension = dot <= 0 ? "" : name.substring(dot);
        return target.resolveSibling(stem + " (" + number + ")" + extension);
    }
}

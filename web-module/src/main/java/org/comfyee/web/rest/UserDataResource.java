package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.files.FileTree;
import org.comfyee.web.files.SafeWrite;
import org.comfyee.web.user.UnknownUserException;
import org.comfyee.workflow.files.DotFiles;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.files.PathEscapeException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Files that the page of a client keeps for its user, such as workflows. */
@Path("/userdata")
@RequestScoped
@Tag(ref = "users")
public class UserDataResource {
    @EJB
    private FrontEnd frontEnd;

    @HeaderParam(UserResource.HEADER)
    private String user;

    private java.nio.file.Path root() throws IOException, UnknownUserException {
        return Files.createDirectories(frontEnd.users().directory(user));
    }

    /** Names come encoded once more from clients that encode what is encoded for them already. */
    private java.nio.file.Path resolve(String name) throws IOException, UnknownUserException {
        return Inside.resolve(root(), decoded(name));
    }

    static String decoded(String name) {
        try {
            return name.contains("%") ? URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8) : name;
        } catch (IllegalArgumentException e) {
            // A percent sign that stands for itself.
            return name;
        }
    }

    @GET
    @Operation(summary = "Files below a directory of the user's: names, names and their parts (split), or sizes and times too (full_info)")
    public Response userData(
            @QueryParam("dir") String directory,
            @QueryParam("recurse") String recurse,
            @QueryParam("full_info") String fullInfo,
            @QueryParam("split") String split)
            throws IOException, UnknownUserException {
        if (directory == null || directory.isEmpty()) {
            return Answers.text(400, "Directory not provided");
        }
        java.nio.file.Path folder;
        try {
            folder = resolve(directory);
        } catch (PathEscapeException e) {
            return Answers.text(403, "Invalid directory");
        }
        if (!Files.isDirectory(folder)) {
            return Answers.text(404, "Directory not found");
        }
        var shown = new ArrayList<Object>();
        for (var file : files(folder, Query.isTrue(recurse) ? Integer.MAX_VALUE : 1)) {
            try {
                shown.add(Query.isTrue(fullInfo) ? info(folder, file) : Query.isTrue(split) ? parts(folder, file) : relative(folder, file));
            } catch (NoSuchFileException e) {
                // Deleted since it was found.
            }
        }
        return Answers.json(shown);
    }

    private static List<java.nio.file.Path> files(java.nio.file.Path folder, int depth) throws IOException {
        return FileTree.below(folder, depth).stream().filter(Files::isRegularFile).filter(file -> !DotFiles.isHidden(folder.relativize(file))).toList();
    }

    private static List<String> parts(java.nio.file.Path folder, java.nio.file.Path file) {
        var parts = new ArrayList<String>();
        parts.add(relative(folder, file));
        folder.relativize(file).forEach(part -> parts.add(part.toString()));
        return parts;
    }

    static String relative(java.nio.file.Path folder, java.nio.file.Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    private static Map<String, Object> info(java.nio.file.Path folder, java.nio.file.Path file) throws IOException {
        var info = new LinkedHashMap<String, Object>();
        info.put("path", relative(folder, file));
        var times = FileTimes.of(file);
        List.of("size", "modified", "created").forEach(each -> info.put(each, times.get(each)));
        return info;
    }

    @GET
    @Path("{file}")
    @Operation(summary = "A file of the user's; slashes in its name are written %2F")
    public Response readUserData(@PathParam("file") String name, @Context HttpHeaders headers) throws IOException, UnknownUserException {
        try {
            var file = resolve(name);
            return Files.isRegularFile(file) ? Answers.file(file, headers).build() : Answers.empty(404);
        } catch (PathEscapeException e) {
            return Answers.empty(403);
        }
    }

    @POST
    @Path("{file}")
    @Operation(summary = "Stores the body as a file of the user's, in place of an older one unless overwrite is false")
    public Response writeUserData(
            @PathParam("file") String name, @QueryParam("overwrite") String overwrite, @QueryParam("full_info") String fullInfo, InputStream body)
            throws IOException, UnknownUserException {
        java.nio.file.Path file;
        try {
            file = resolve(name);
        } catch (PathEscapeException e) {
            return Answers.empty(403);
        }
        if (Files.isDirectory(file)) {
            return Answers.text(400, "'" + name + "' is a directory, expected the name of a file");
        }
        if (Files.exists(file) && "false".equals(overwrite)) {
            return Answers.text(409, "File already exists");
        }
        SafeWrite.write(file, body);
        return stored(file, fullInfo);
    }

    private Response stored(java.nio.file.Path file, String fullInfo) throws IOException, UnknownUserException {
        return Answers.json(Query.isTrue(fullInfo) ? info(root(), file) : relative(root(), file));
    }

    @DELETE
    @Path("{file}")
    @Operation(summary = "Deletes a file of the user's")
    public Response deleteUserData(@PathParam("file") String name) throws IOException, UnknownUserException {
        try {
            var file = resolve(name);
            return Files.isRegularFile(file) && Files.deleteIfExists(file) ? Response.status(204).build() : Answers.empty(404);
        } catch (PathEscapeException e) {
            return Answers.empty(403);
        }
    }

    @POST
    @Path("{file}/move/{to}")
    @Operation(summary = "Gives a file of the user's another name, in place of an older one unless overwrite is false")
    public Response moveUserData(
            @PathParam("file") String name,
            @PathParam("to") String newName,
            @QueryParam("overwrite") String overwrite,
            @QueryParam("full_info") String fullInfo)
            throws IOException, UnknownUserException {
        java.nio.file.Path file;
        java.nio.file.Path target;
        try {
            file = resolve(name);
            target = resolve(newName);
        } catch (PathEscapeException e) {
            return Answers.empty(403);
        }
        if (!Files.isRegularFile(file)) {
            return Answers.empty(404);
        }
        if (Files.isDirectory(target)) {
            return Answers.text(400, "'" + newName + "' is a directory, expected the name of a file");
        }
        if (Files.exists(target) && "false".equals(overwrite)) {
            return Answers.text(409, "File already exists");
        }
        Files.createDirectories(target.getParent());
        Files.move(file, target, StandardCopyOption.REPLACE_EXISTING);
        return stored(target, fullInfo);
    }
}

package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.web.FrontEnd;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.files.PathEscapeException;

/** Files that the page of a client keeps for its user, such as workflows. */
@Path("/userdata")
@RequestScoped
public class UserDataResource {
    @EJB
    private FrontEnd frontEnd;

    private java.nio.file.Path root() throws IOException {
        return Files.createDirectories(frontEnd.folders().user().resolve("default"));
    }

    @GET
    public Response list(@QueryParam("dir") String directory, @QueryParam("recurse") String recurse, @QueryParam("full_info") String fullInfo)
            throws IOException {
        if (directory == null || directory.isEmpty()) {
            return text(400, "Directory not provided");
        }
        java.nio.file.Path folder;
        try {
            folder = Inside.resolve(root(), directory);
        } catch (PathEscapeException e) {
            return text(403, "Invalid directory");
        }
        if (!Files.isDirectory(folder)) {
            return text(404, "Directory not found");
        }
        try (var files = Files.walk(folder, "true".equalsIgnoreCase(recurse) ? Integer.MAX_VALUE : 1)) {
            List<java.nio.file.Path> found = files.filter(Files::isRegularFile).filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
            var shown = new java.util.ArrayList<Object>();
            for (var file : found) {
                shown.add("true".equalsIgnoreCase(fullInfo) ? info(folder, file) : relative(folder, file));
            }
            return Answers.json(shown);
        }
    }

    private static Response text(int status, String reason) {
        return Response.status(status).type("text/plain; charset=utf-8").entity(reason).build();
    }

    private static String relative(java.nio.file.Path folder, java.nio.file.Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    private static Map<String, Object> info(java.nio.file.Path folder, java.nio.file.Path file) throws IOException {
        var info = new LinkedHashMap<String, Object>();
        info.put("path", relative(folder, file));
        info.put("size", Files.size(file));
        info.put("modified", Files.getLastModifiedTime(file).toMillis() / 1000.0);
        return info;
    }

    @GET
    @Path("{file}")
    public Response read(@PathParam("file") String name) throws IOException {
        try {
            var file = Inside.resolve(root(), name);
            // Whatever a client stored is not for a browser to run.
            return Files.isRegularFile(file) ? Response.ok(file.toFile(), "application/octet-stream").build() : Answers.empty(404);
        } catch (PathEscapeException e) {
            return Answers.empty(403);
        }
    }

    @POST
    @Path("{file}")
    public Response write(
            @PathParam("file") String name, @QueryParam("overwrite") String overwrite, @QueryParam("full_info") String fullInfo, InputStream body)
            throws IOException {
        java.nio.file.Path file;
        try {
            file = Inside.resolve(root(), name);
        } catch (PathEscapeException e) {
            return Answers.empty(403);
        }
        if (Files.exists(file) && "false".equals(overwrite)) {
            return text(409, "File already exists");
        }
        Files.createDirectories(file.getParent());
        Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
        return Answers.json("true".equalsIgnoreCase(fullInfo) ? info(root(), file) : relative(root(), file));
    }

    @DELETE
    @Path("{file}")
    public Response delete(@PathParam("file") String name) throws IOException {
        try {
            return Response.status(Files.deleteIfExists(Inside.resolve(root(), name)) ? 204 : 404).build();
        } catch (PathEscapeException e) {
            return Answers.empty(403);
        }
    }
}

package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.files.FileTree;
import org.comfyee.web.user.UnknownUserException;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.files.PathEscapeException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /v2/userdata}: what a user has stored, directories and all. */
@Path("/v2/userdata")
@RequestScoped
@Tag(ref = "users")
public class UserDataListingResource {
    private static final String TYPE = "type";
    private static final String FOLDER = "directory";

    @EJB
    private FrontEnd frontEnd;

    @GET
    @Operation(summary = "All directories and files below a path of the user's, directories first")
    public Response allUserData(@HeaderParam(UserResource.HEADER) String user, @QueryParam("path") String path) throws IOException {
        java.nio.file.Path root;
        java.nio.file.Path target;
        try {
            root = frontEnd.users().directory(user);
            target = path == null ? root : Inside.resolve(root, UserDataResource.decoded(path));
        } catch (UnknownUserException e) {
            return Answers.text(403, "Invalid user specified in request");
        } catch (PathEscapeException e) {
            return Answers.text(400, path.indexOf('\0') >= 0 ? "Invalid characters in path parameter" : "Invalid path requested");
        }
        if (!Files.exists(target)) {
            return path == null || path.isEmpty() ? Answers.json(List.of()) : Answers.text(404, "Requested path not found");
        }
        if (!Files.isDirectory(target)) {
            return Answers.text(400, "Requested path is not a directory");
        }
        var entries = new ArrayList<Map<String, Object>>();
        for (var file : FileTree.below(target, Integer.MAX_VALUE)) {
            try {
                entries.add(describe(root, file));
            } catch (NoSuchFileException e) {
                // Deleted since it was found.
            }
        }
        entries.sort(Comparator.<Map<String, Object>, Boolean>comparing(entry -> !entry.get(TYPE).equals(FOLDER))
                .thenComparing(entry -> ((String) entry.get("name")).toLowerCase(java.util.Locale.ROOT)));
        return Answers.json(entries);
    }

    private static Map<String, Object> describe(java.nio.file.Path root, java.nio.file.Path file) throws IOException {
        var entry = new LinkedHashMap<String, Object>();
        entry.put("name", file.getFileName().toString());
        entry.put("path", UserDataResource.relative(root, file));
        if (Files.isDirectory(file)) {
            entry.put(TYPE, FOLDER);
        } else {
            var times = FileTimes.of(file);
            entry.put(TYPE, "file");
            entry.put("size", times.get("size"));
            entry.put("modified", times.get("modified"));
        }
        return entry;
    }
}

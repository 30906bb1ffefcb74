package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.comfyee.web.FrontEnd;
import org.comfyee.workflow.files.Directory;

/** Files as they lie on disk: where models are, what was made last. */
@Path("/")
@RequestScoped
public class ModelFilesResource {
    private static final Set<String> NO_MODELS = Set.of("configs", "custom_nodes");

    @EJB
    private FrontEnd frontEnd;

    @GET
    @Path("experiment/models")
    public Response folders() {
        var folders = new ArrayList<Map<String, Object>>();
        for (var name : frontEnd.folders().modelFolders()) {
            if (!NO_MODELS.contains(name)) {
                var folder = new LinkedHashMap<String, Object>();
                folder.put("name", name);
                folder.put("folders", frontEnd.folders().modelPaths(name).stream().map(java.nio.file.Path::toString).toList());
                folders.add(folder);
            }
        }
        return Answers.json(folders);
    }

    @GET
    @Path("internal/files/{type}")
    public Response files(@PathParam("type") String type) throws IOException {
        var directory = Directory.ofType(type);
        if (directory.isEmpty()) {
            return Response.status(400).type(Answers.JSON).entity("{\"error\": \"Invalid directory type\"}").build();
        }
        try (var files = Files.list(frontEnd.folders().directory(directory.get()))) {
            return Answers.json(files.filter(Files::isRegularFile)
                    .sorted(Comparator.comparingLong((java.nio.file.Path file) -> file.toFile().lastModified()).reversed())
                    .map(file -> file.getFileName().toString())
                    .toList());
        }
    }
}

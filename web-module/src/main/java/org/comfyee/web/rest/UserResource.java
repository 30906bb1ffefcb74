package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.web.FrontEnd;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.JsonException;

/** The one user of this server and its settings. */
@Path("/")
@RequestScoped
public class UserResource {
    private static final Object WRITING = new Object();

    @EJB
    private FrontEnd frontEnd;

    @GET
    @Path("users")
    public Response users() {
        var users = new LinkedHashMap<String, Object>();
        users.put("storage", "server");
        users.put("migrated", true);
        return Answers.json(users);
    }

    private java.nio.file.Path file() {
        return frontEnd.folders().user().resolve("default").resolve("comfy.settings.json");
    }

    private Map<String, Object> read() throws IOException {
        if (!Files.exists(file())) {
            return new LinkedHashMap<>();
        }
        try {
            return Json.parseObject(Files.readString(file()));
        } catch (JsonException e) {
            // Clients start over with empty settings rather than not at all.
            return new LinkedHashMap<>();
        }
    }

    private void merge(Map<String, Object> changes) throws IOException {
        synchronized (WRITING) {
            var settings = read();
            settings.putAll(changes);
            Files.createDirectories(file().getParent());
            // Written aside first, so that a reader never finds half a file.
            var fresh = Files.writeString(file().resolveSibling("comfy.settings.json.new"), Json.write(settings));
            Files.move(fresh, file(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    @GET
    @Path("settings")
    public Response settings() throws IOException {
        return Answers.json(read());
    }

    @GET
    @Path("settings/{id}")
    public Response setting(@PathParam("id") String id) throws IOException {
        return Answers.json(read().get(id));
    }

    @POST
    @Path("settings")
    public Response change(String body) throws IOException {
        merge(Json.parseObject(body));
        return Answers.empty();
    }

    @POST
    @Path("settings/{id}")
    public Response change(@PathParam("id") String id, String body) throws IOException {
        var change = new LinkedHashMap<String, Object>();
        change.put(id, Json.parse(body));
        merge(change);
        return Answers.empty();
    }
}

package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.user.UnknownUserException;
import org.comfyee.workflow.json.Json;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The users of this server and their settings. */
@Path("/")
@RequestScoped
@Tag(ref = "users")
public class UserResource {
    static final String HEADER = "comfy-user";

    @EJB
    private FrontEnd frontEnd;

    @GET
    @Path("users")
    @Operation(summary = "The users, if they are kept apart")
    public Response users() throws IOException {
        var users = new LinkedHashMap<String, Object>();
        users.put("storage", "server");
        if (frontEnd.users().areSeveral()) {
            users.put("users", frontEnd.users().all());
        } else {
            users.put("migrated", frontEnd.users().hasDefault());
        }
        return Answers.json(users);
    }

    @POST
    @Path("users")
    @Operation(summary = "Adds a user of a name, {\"username\"}, and answers with the new id")
    public Response addUser(String body) throws IOException {
        var name = Json.parseObject(body).get("username");
        try {
            return frontEnd.users().add(name instanceof String text ? text : "")
                    .map(Answers::json)
                    .orElseGet(() -> Answers.json(400, Map.of("error", "Duplicate username.")));
        } catch (IllegalArgumentException e) {
            return Answers.json(400, Map.of("error", e.getMessage()));
        }
    }

    @GET
    @Path("settings")
    @Operation(summary = "All settings of the user")
    public Response settings(@HeaderParam(HEADER) String user) throws IOException, UnknownUserException {
        return Answers.json(frontEnd.users().settings(user));
    }

    @GET
    @Path("settings/{id}")
    @Operation(summary = "One setting of the user, or null")
    public Response setting(@HeaderParam(HEADER) String user, @PathParam("id") String id) throws IOException, UnknownUserException {
        return Answers.json(frontEnd.users().settings(user).get(id));
    }

    @POST
    @Path("settings")
    @Operation(summary = "Puts these settings in place of those of the same names")
    public Response changeSettings(@HeaderParam(HEADER) String user, String body) throws IOException, UnknownUserException {
        frontEnd.users().change(user, Json.parseObject(body));
        return Answers.empty();
    }

    @POST
    @Path("settings/{id}")
    @Operation(summary = "Sets one setting")
    public Response changeSetting(@HeaderParam(HEADER) String user, @PathParam("id") String id, String body) throws IOException, UnknownUserException {
        var change = new LinkedHashMap<String, Object>();
        change.put(id, Json.parse(body));
        frontEnd.users().change(user, change);
        return Answers.empty();
    }
}

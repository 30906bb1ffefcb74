package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.comfyee.web.FrontEnd;
import org.comfyee.workflow.json.Json;

/** What became of prompts. */
@Path("/history")
@RequestScoped
public class HistoryResource {
    @EJB
    private FrontEnd frontEnd;

    @GET
    public Response list(@QueryParam("max_items") Integer most, @QueryParam("offset") Integer offset) {
        return entries(frontEnd.cluster().history().list(Optional.ofNullable(most), offset == null ? -1 : offset));
    }

    @GET
    @Path("{id}")
    public Response one(@PathParam("id") String id) {
        return entries(frontEnd.cluster().history().find(id).map(entry -> Map.of(id, entry)).orElse(Map.of()));
    }

    /** Entries are JSON text already. */
    private static Response entries(Map<String, String> entries) {
        return Answers.jsonText(entries.entrySet().stream()
                .map(entry -> Json.write(entry.getKey()) + ": " + entry.getValue())
                .collect(Collectors.joining(", ", "{", "}")));
    }

    @POST
    public Response change(String body) {
        var change = Json.parseObject(body);
        if (Boolean.TRUE.equals(change.get("clear"))) {
            frontEnd.cluster().history().clear();
        }
        if (change.get("delete") instanceof List<?> ids) {
            ids.forEach(id -> frontEnd.cluster().history().delete(String.valueOf(id)));
        }
        return Answers.empty();
    }
}

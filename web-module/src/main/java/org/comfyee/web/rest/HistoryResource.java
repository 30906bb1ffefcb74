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
import java.util.stream.Collectors;
import org.comfyee.web.FrontEnd;
import org.comfyee.workflow.json.Json;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What became of prompts. */
@Path("/history")
@RequestScoped
@Tag(ref = "prompts")
public class HistoryResource {
    @EJB
    private FrontEnd frontEnd;

    @GET
    @Operation(summary = "Finished prompts by id, the oldest first: max_items of them from offset on, or the last ones if offset is negative")
    public Response history(@QueryParam("max_items") String most, @QueryParam("offset") String offset) {
        return entries(frontEnd.cluster().history().list(Query.whole("max_items", most), Query.whole("offset", offset).orElse(-1)));
    }

    @GET
    @Path("{id}")
    @Operation(summary = "A finished prompt by its id; an empty object if it has not ended or is unknown")
    public Response historyOf(@PathParam("id") String id) {
        return entries(frontEnd.cluster().history().find(id).map(entry -> Map.of(id, entry)).orElse(Map.of()));
    }

    /** Entries are JSON text already. */
    private static Response entries(Map<String, String> entries) {
        return Answers.jsonText(entries.entrySet().stream()
                .map(entry -> Json.write(entry.getKey()) + ": " + entry.getValue())
                .collect(Collectors.joining(", ", "{", "}")));
    }

    @POST
    @Operation(summary = "Forgets all finished prompts ({\"clear\": true}) or some ({\"delete\": [ids]})")
    public Response forget(String body) {
        var change = Json.parseObject(body);
        if (Json.isTrue(change.get("clear"))) {
            frontEnd.cluster().history().clear();
        }
        if (change.get("delete") instanceof List<?> ids) {
            ids.forEach(id -> frontEnd.cluster().history().delete(String.valueOf(id)));
        }
        return Answers.empty();
    }
}

package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.prompt.Jobs;
import org.comfyee.workflow.json.Json;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /jobs}: prompts of every state, page by page. */
@Path("/jobs")
@RequestScoped
@Tag(ref = "prompts")
public class JobsResource {
    @EJB
    private FrontEnd frontEnd;

    @GET
    @Operation(summary = "Prompts that wait, run or have ended: of some states, of a workflow, ordered, limit of them from offset on")
    public Response jobs(
            @QueryParam("status") String status,
            @QueryParam("workflow_id") String workflow,
            @QueryParam("sort_by") String sortBy,
            @QueryParam("sort_order") String sortOrder,
            @QueryParam("limit") String limitText,
            @QueryParam("offset") String offsetText) {
        var states = status == null ? List.<String>of() : Arrays.stream(status.split(",")).map(String::strip).filter(each -> !each.isEmpty()).toList();
        var unknown = states.stream().filter(state -> !Jobs.STATES.contains(state)).toList();
        if (!unknown.isEmpty()) {
            return refused("Invalid status value(s): " + String.join(", ", unknown) + ". Valid values: " + String.join(", ", Jobs.STATES));
        }
        var by = Optional.ofNullable(sortBy).orElse("created_at");
        if (!List.of("created_at", "execution_duration").contains(by)) {
            return refused("sort_by must be 'created_at' or 'execution_duration'");
        }
        var order = Optional.ofNullable(sortOrder).orElse("desc");
        if (!List.of("asc", "desc").contains(order)) {
            return refused("sort_order must be 'asc' or 'desc'");
        }
        Optional<Integer> limit;
        int offset;
        try {
            limit = Query.whole("limit", limitText);
        } catch (BadValueException e) {
            return refused("limit must be an integer");
        }
        if (limit.filter(count -> count <= 0).isPresent()) {
            return refused("limit must be a positive integer");
        }
        try {
            offset = Math.max(0, Query.whole("offset", offsetText).orElse(0));
        } catch (BadValueException e) {
            return refused("offset must be an integer");
        }
        var comparator = Jobs.order(by);
        var found = frontEnd.jobs().all().stream()
                .filter(job -> states.isEmpty() || states.contains(job.get("status")))
                .filter(job -> workflow == null || workflow.equals(String.valueOf(job.get("workflow_id"))))
                .sorted(order.equals("asc") ? comparator : comparator.reversed())
                .collect(Collectors.toList());
        var page = found.stream().skip(offset).limit(limit.orElse(Integer.MAX_VALUE)).toList();
        return Answers.json(answer(page, offset, limit, found.size()));
    }

    private static Map<String, Object> answer(List<Map<String, Object>> page, int offset, Optional<Integer> limit, int total) {
        var pagination = new LinkedHashMap<String, Object>();
        pagination.put("offset", offset);
        pagination.put("limit", limit.orElse(null));
        pagination.put("total", total);
        pagination.put("has_more", (long) offset + page.size() < total);
        var answer = new LinkedHashMap<String, Object>();
        answer.put("jobs", page);
        answer.put("pagination", pagination);
        return answer;
    }

    private static Response refused(String reason) {
        return Answers.json(400, Map.of("error", reason));
    }

    @GET
    @Path("{id}")
    @Operation(summary = "One prompt; one that has ended with its outputs")
    public Response job(@PathParam("id") String id) {
        return frontEnd.jobs().find(id).map(Answers::json).orElseGet(() -> Answers.json(404, Map.of("error", "Job not found")));
    }

    @POST
    @Path("{id}/cancel")
    @Operation(summary = "Takes a prompt back if it waits, ends it if it runs, and tells whether it did either")
    public Response cancel(@PathParam("id") String id) {
        return Answers.json(Map.of("cancelled", frontEnd.cluster().stop(id)));
    }

    @POST
    @Path("cancel")
    @Operation(summary = "The same for several ({\"job_ids\": [ids]}); tells whether it did either to any")
    public Response cancelSome(String body) {
        if (!(Json.parseObject(body).get("job_ids") instanceof List<?> ids)) {
            return refused("job_ids must be a list");
        }
        var wrong = ids.stream().filter(id -> !(id instanceof String)).map(Json::write).toList();
        if (!wrong.isEmpty()) {
            return Answers.json(400, Map.of("error", "job_ids contains invalid id(s)", "invalid_ids", wrong));
        }
        return Answers.json(Map.of("cancelled", ids.stream().filter(id -> frontEnd.cluster().stop((String) id)).count() > 0));
    }
}

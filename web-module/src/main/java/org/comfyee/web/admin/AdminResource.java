package org.comfyee.web.admin;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.rest.Answers;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What operators do with the queue and the workers of the whole cluster. */
@Path("/v1/admin")
@RequestScoped
@AdminOnly
@Tag(ref = "admin")
public class AdminResource {
    @EJB
    private FrontEnd frontEnd;

    @GET
    @Path("queue")
    @Operation(summary = "The prompts that run and that wait, in short, and whether the queue is paused")
    public Response queue() {
        var ledger = frontEnd.cluster().ledger();
        var queue = new LinkedHashMap<String, Object>();
        queue.put("paused", frontEnd.cluster().controls().isQueuePaused());
        queue.put("running", ledger.running().stream().map(AdminResource::summary).toList());
        queue.put("pending", ledger.pending().stream().map(AdminResource::summary).toList());
        return Answers.json(queue);
    }

    static Map<String, Object> summary(PromptRequest request) {
        var summary = new LinkedHashMap<String, Object>();
        summary.put("prompt_id", request.promptId());
        summary.put("number", request.number());
        summary.put("client_id", request.clientId().orElse(null));
        summary.put("created", request.createdMillis());
        summary.put("nodes", request.prompt().size());
        summary.put("models", List.copyOf(request.models()));
        return summary;
    }

    @GET
    @Path("queue/{id}")
    @Operation(summary = "The whole of a prompt that waits or runs")
    public Response prompt(@PathParam("id") String id) {
        return Answers.json(frontEnd.cluster().ledger().request(id).orElseThrow(NotFoundException::new).toItem());
    }

    @DELETE
    @Path("queue")
    @Operation(summary = "Takes back all that wait")
    public Response purge() {
        return Answers.json(Map.of("removed", frontEnd.cluster().cancel(Optional.empty())));
    }

    @DELETE
    @Path("queue/{id}")
    @Operation(summary = "Takes back a prompt that waits")
    public Response cancel(@PathParam("id") String id) {
        if (frontEnd.cluster().cancel(Optional.of(List.of(id))) == 0) {
            throw new NotFoundException();
        }
        return Answers.json(Map.of("removed", 1));
    }

    @POST
    @Path("queue/pause")
    @Operation(summary = "Makes no worker take a further prompt")
    public Response pause() {
        frontEnd.cluster().controls().pauseQueue(true);
        return Answers.json(Map.of("paused", true));
    }

    @POST
    @Path("queue/resume")
    @Operation(summary = "Lets workers take prompts again")
    public Response resume() {
        frontEnd.cluster().controls().pauseQueue(false);
        return Answers.json(Map.of("paused", false));
    }

    @GET
    @Path("workers")
    @Operation(summary = "The workers and what each is doing")
    public Response workers() {
        return Answers.json(frontEnd.cluster().workerList());
    }

    @POST
    @Path("workers/{id}/pause")
    @Operation(summary = "Makes a worker take no further prompt")
    public Response pauseWorker(@PathParam("id") String id) {
        return pauseWorker(id, true);
    }

    @POST
    @Path("workers/{id}/resume")
    @Operation(summary = "Lets a worker take prompts again")
    public Response resumeWorker(@PathParam("id") String id) {
        return pauseWorker(id, false);
    }

    private Response pauseWorker(String id, boolean paused) {
        if (!frontEnd.cluster().workers().isAlive(id)) {
            throw new NotFoundException();
        }
        frontEnd.cluster().controls().pauseWorker(id, paused);
        return Answers.json(Map.of("paused", paused));
    }
}

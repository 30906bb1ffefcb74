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
import java.util.Map;
import java.util.function.Predicate;
import org.comfyee.cluster.queue.DeadLetters.Letter;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.queue.QueueUnavailableException;
import org.comfyee.web.FrontEnd;
import org.comfyee.web.rest.Answers;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What operators do with the messages that no worker could handle. */
@Path("/v1/admin/dead-letters")
@RequestScoped
@AdminOnly
@Tag(ref = "admin")
public class DeadLettersResource {
    private static final int MOST_LISTED = 1_000;
    private static final int MOST_TEXT = 200;

    @EJB
    private FrontEnd frontEnd;

    @GET
    @Operation(summary = "The dead letters in short, the oldest first")
    public Response list() throws QueueUnavailableException {
        return Answers.json(frontEnd.deadLetters().list(MOST_LISTED).stream().map(DeadLettersResource::summary).toList());
    }

    private static Map<String, Object> summary(Letter letter) {
        var summary = new LinkedHashMap<>(letter.prompt().map(AdminResource::summary).orElse(Map.of()));
        summary.put("id", letter.id());
        summary.put("sent", letter.sentMillis());
        if (letter.prompt().isEmpty()) {
            summary.put("text", letter.text().substring(0, Math.min(MOST_TEXT, letter.text().length())));
        }
        return summary;
    }

    @GET
    @Path("{id}")
    @Operation(summary = "The whole of a dead letter")
    public Response browse(@PathParam("id") String id) throws QueueUnavailableException {
        var letter = frontEnd.deadLetters().list(MOST_LISTED).stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow(NotFoundException::new);
        return Answers.json(letter.prompt().<Object>map(PromptRequest::toItem).orElse(letter.text()));
    }

    @POST
    @Path("retry")
    @Operation(summary = "Puts all prompts among the dead letters into the queue again")
    public Response retryAll() throws QueueUnavailableException {
        return Answers.json(Map.of("retried", retry(_ -> true)));
    }

    @POST
    @Path("{id}/retry")
    @Operation(summary = "Puts a prompt into the queue again")
    public Response retry(@PathParam("id") String id) throws QueueUnavailableException {
        return Answers.json(Map.of("retried", atLeastOne(retry(letter -> letter.id().equals(id)))));
    }

    /** As new prompts of the same ids, so that they have all their attempts again. */
    private int retry(Predicate<Letter> wanted) throws QueueUnavailableException {
        return frontEnd.deadLetters().handle(MOST_LISTED, letter -> {
            if (!wanted.test(letter) || letter.prompt().isEmpty() || frontEnd.cluster().ledger().isOpen(letter.id())) {
                return false;
            }
            frontEnd.submit(letter.prompt().get().createdAt(System.currentTimeMillis()));
            return true;
        });
    }

    @DELETE
    @Operation(summary = "Throws all dead letters away")
    public Response purge() throws QueueUnavailableException {
        return Answers.json(Map.of("removed", frontEnd.deadLetters().remove(_ -> true)));
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Throws a dead letter away")
    public Response remove(@PathParam("id") String id) throws QueueUnavailableException {
        return Answers.json(Map.of("removed", atLeastOne(frontEnd.deadLetters().remove(letter -> letter.id().equals(id)))));
    }

    private static int atLeastOne(int count) {
        if (count == 0) {
            throw new NotFoundException();
        }
        return count;
    }
}

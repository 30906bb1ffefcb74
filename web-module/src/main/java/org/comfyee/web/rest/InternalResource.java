package org.comfyee.web.rest;

import jakarta.ejb.EJB;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.comfyee.web.FrontEnd;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.json.Json;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What ComfyUI's own page asks for beside the API. */
@Path("/internal")
@RequestScoped
@Tag(ref = "internal")
public class InternalResource {
    private static final int USUAL_COLUMNS = 80;
    private static final int USUAL_LINES = 24;

    @EJB
    private FrontEnd frontEnd;

    @GET
    @Path("logs")
    @Operation(summary = "The latest lines of this process's log")
    public Response logs() {
        return Answers.json(frontEnd.log().entries().stream().map(entry -> entry.get("t") + " - " + entry.get("m")).collect(Collectors.joining()));
    }

    @GET
    @Path("logs/raw")
    @Operation(summary = "The latest lines of this process's log with their times")
    public Response rawLogs() {
        var size = new LinkedHashMap<String, Object>();
        size.put("cols", terminal("COLUMNS", USUAL_COLUMNS));
        size.put("rows", terminal("LINES", USUAL_LINES));
        var logs = new LinkedHashMap<String, Object>();
        logs.put("entries", frontEnd.log().entries());
        logs.put("size", size);
        return Answers.json(logs);
    }

    private static int terminal(String variable, int usual) {
        return Optional.ofNullable(System.getenv(variable)).filter(text -> text.matches("[1-9][0-9]{0,4}")).map(Integer::parseInt).orElse(usual);
    }

    @PATCH
    @Path("logs/subscribe")
    @Operation(summary = "Sends a websocket client the log as it is written, or no longer: {\"clientId\", \"enabled\"}")
    public Response subscribe(String body) {
        var wish = Json.parseObject(body);
        if (!(wish.get("clientId") instanceof String client)) {
            throw new BadValueException("clientId", wish.get("clientId"), "the id of a websocket client");
        }
        if (!(wish.get("enabled") instanceof Boolean enabled)) {
            throw new BadValueException("enabled", wish.get("enabled"), "true or false");
        }
        frontEnd.clients().sendLog(client, enabled);
        return Answers.empty();
    }

    @GET
    @Path("folder_paths")
    @Operation(summary = "The directories behind all folders of models")
    public Response folderPaths() {
        var paths = new LinkedHashMap<String, Object>();
        for (var folder : frontEnd.folders().modelFolders()) {
            paths.put(folder, frontEnd.folders().modelPaths(folder).stream().map(java.nio.file.Path::toString).toList());
        }
        return Answers.json(paths);
    }

    @GET
    @Path("files/{type}")
    @Operation(summary = "Names of the files in input, output or temp, the newest first")
    public Response directoryFiles(@PathParam("type") String type) throws IOException {
        var directory = Directory.ofType(type);
        if (directory.isEmpty()) {
            return Answers.json(400, Map.of("error", "Invalid directory type"));
        }
        // Times are read once each: a file that changes while they are compared would break the order.
        var times = new LinkedHashMap<String, Long>();
        try (var files = Files.list(frontEnd.folders().directory(directory.get()))) {
            files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .forEach(file -> times.put(file.getFileName().toString(), file.toFile().lastModified()));
        }
        return Answers.json(new ArrayList<>(times.entrySet()).stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .map(Map.Entry::getKey)
                .toList());
    }
}

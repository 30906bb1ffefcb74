package org.comfyee.web.rest;

import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.comfyee.cluster.config.Setting;
import org.comfyee.web.files.MediaTypes;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.files.Inside;
import org.comfyee.workflow.json.Json;

/** What a client that waited for a prompt is answered. */
record PromptResult(String id, Map<String, Object> prompt, Folders folders) {
    private static final String LOCAL = "localhost";

    /** @param entry of the history; empty if the prompt was taken out of the queue */
    Response answer(Optional<Map<String, Object>> entry, PromptWish.Form form) throws IOException {
        var status = entry.flatMap(found -> Json.object(found.get("status"))).orElseGet(PromptResult::takenOut);
        if (!Boolean.TRUE.equals(status.get("completed"))) {
            return Answers.json(500, withDetails(status));
        }
        var outputs = Json.object(entry.orElseThrow().get("outputs")).orElse(Map.of());
        var images = images(outputs);
        if (images.isEmpty()) {
            return Answers.empty(204);
        }
        var answer = form == PromptWish.Form.PNG ? picture(images.getFirst()) : links(images, outputs);
        answer.header("Digest", "SHA-256=" + digest()).header("Location", "/api/v1/prompts/" + id);
        if (images.size() == 1) {
            answer.header("Content-Disposition", "filename=\"" + images.getFirst().get("filename") + "\"");
        }
        return answer.build();
    }

    private static Map<String, Object> takenOut() {
        var status = new LinkedHashMap<String, Object>();
        status.put("status_str", "error");
        status.put("completed", false);
        status.put("messages", List.of("the prompt was taken out of the queue"));
        return status;
    }

    private static Map<String, Object> withDetails(Map<String, Object> status) {
        var full = new LinkedHashMap<>(status);
        if (status.get("messages") instanceof List<?> messages) {
            messages.stream()
                    .filter(message -> message instanceof List<?> pair && pair.size() == 2 && "execution_error".equals(pair.getFirst()))
                    .findFirst()
                    .ifPresent(message -> full.put("error_details", ((List<?>) message).getLast()));
        }
        return full;
    }

    /** All pictures of all nodes, in the order of the outputs. */
    private static List<Map<String, Object>> images(Map<String, Object> outputs) {
        var images = new ArrayList<Map<String, Object>>();
        for (var output : outputs.values()) {
            if (Json.object(output).map(shown -> shown.get("images")).orElse(null) instanceof List<?> list) {
                list.forEach(image -> Json.object(image).filter(each -> each.get("filename") instanceof String).ifPresent(images::add));
            }
        }
        return images;
    }

    private Response.ResponseBuilder picture(Map<String, Object> image) throws IOException {
        var directory = Directory.ofType(String.valueOf(image.get("type"))).orElse(Directory.OUTPUT);
        var folder = Inside.resolve(folders.directory(directory), String.valueOf(image.getOrDefault("subfolder", "")));
        var name = (String) image.get("filename");
        return Response.ok(Files.readAllBytes(Inside.resolve(folder, name)), MediaTypes.ofForeign(name));
    }

    private Response.ResponseBuilder links(List<Map<String, Object>> images, Map<String, Object> outputs) {
        var urls = new ArrayList<String>();
        for (var image : images) {
            var query = image.entrySet().stream()
                    .filter(entry -> List.of("filename", "subfolder", "type").contains(entry.getKey()) && !"".equals(entry.getValue()))
                    .map(entry -> entry.getKey() + "=" + URLEncoder.encode(String.valueOf(entry.getValue()), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&"));
            urls.add(address(listen()) + "/view?" + query);
            urls.add(Setting.EXTERNAL_ADDRESS.given().map(url -> url.replaceFirst("/+$", "")).orElseGet(PromptResult::localAddress) + "/view?" + query);
        }
        var body = new LinkedHashMap<String, Object>();
        body.put("urls", urls);
        body.put("outputs", outputs);
        body.put("prompt_id", id);
        return Response.ok(Json.write(body), Answers.JSON);
    }

    private static String localAddress() {
        return address(Set.of("0.0.0.0", "::").contains(listen()) ? LOCAL : listen());
    }

    /** The launcher sees to it that there is an address; other servers need not. */
    private static String listen() {
        return Setting.LISTEN.list().stream().findFirst().orElse(LOCAL);
    }

    private static String address(String host) {
        return (Setting.TLS_KEYFILE.given().isPresent() ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host) + ":" + Setting.PORT.value();
    }

    private String digest() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Json.writeCompact(prompt).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a JDK without SHA-256", e);
        }
    }
}

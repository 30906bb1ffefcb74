package org.comfyee.cluster.queue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.comfyee.workflow.json.Json;

/**
 * An accepted prompt with all that is needed to run it anywhere.
 *
 * @param number place in the queue, whole unless the client chose it
 * @param outputs the output nodes to run
 * @param createdMillis since 1970
 */
public record PromptRequest(
        String promptId, Number number, Map<String, Object> prompt, Map<String, Object> extraData, List<String> outputs, long createdMillis) {
    private static final List<String> MODEL_ENDINGS = List.of(".safetensors", ".sft");

    /** The client that is told of progress. */
    public Optional<String> clientId() {
        return Optional.ofNullable(extraData.get("client_id")).map(String::valueOf).filter(id -> !id.isEmpty());
    }

    /** The same as if it were made at another time, which makes it another prompt of that id. */
    public PromptRequest createdAt(long millis) {
        return new PromptRequest(promptId, number, prompt, extraData, outputs, millis);
    }

    /** {@code [number, id, prompt, extra data, outputs]}, as clients see it in queue and history. */
    public List<Object> toItem() {
        var shown = new LinkedHashMap<>(extraData);
        shown.remove("auth_token_comfy_org");
        shown.remove("api_key_comfy_org");
        return List.of(number, promptId, prompt, shown, outputs);
    }

    /** File names of the models that the prompt names. */
    public Set<String> models() {
        var models = new TreeSet<String>();
        for (var node : prompt.values()) {
            var inputs = Json.object(node).flatMap(each -> Json.object(each.get("inputs"))).orElse(Map.of());
            for (var value : inputs.values()) {
                if (value instanceof String text && MODEL_ENDINGS.stream().anyMatch(text::endsWith)) {
                    models.add(text.substring(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1));
                }
            }
        }
        return models;
    }

    /** The form in which a prompt is sent and kept. */
    public String toText() {
        return Json.write(toJson());
    }

    private Map<String, Object> toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("prompt_id", promptId);
        json.put("number", number);
        json.put("prompt", prompt);
        json.put("extra_data", extraData);
        json.put("outputs", outputs);
        json.put("created", createdMillis);
        return json;
    }

    /** @throws IllegalArgumentException if a part is missing or of another type */
    public static PromptRequest parse(String text) {
        return of(Json.parseObject(text));
    }

    private static PromptRequest of(Map<String, Object> json) {
        if (!(json.get("prompt_id") instanceof String id)
                || !(json.get("number") instanceof Number number)
                || !(json.get("outputs") instanceof List<?> outputs)
                || !(json.get("created") instanceof Number created)) {
            throw new IllegalArgumentException("a prompt message lacks prompt_id, number, outputs or created");
        }
        return new PromptRequest(id, number, object(json, "prompt"), object(json, "extra_data"), outputs.stream().map(String::valueOf).toList(),
                created.longValue());
    }

    private static Map<String, Object> object(Map<String, Object> json, String name) {
        return Json.object(json.get(name)).orElseThrow(() -> new IllegalArgumentException("a prompt message lacks the object " + name));
    }
}

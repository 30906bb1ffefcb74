package org.comfyee.cluster.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.workflow.json.Json;

/**
 * Something that members of the cluster tell each other.
 *
 * @param clientId the websocket client that it is for; empty if it is for none in particular
 * @param everyone whether all clients get it if there is no client of that id
 * @param data of a message: what clients see; of others: what the kind needs
 * @param image encoded picture of a preview, otherwise empty
 */
public record ClusterEvent(Kind kind, String clientId, boolean everyone, Map<String, Object> data, byte[] image) {

    /** What an event is about. */
    public enum Kind {
        /** A websocket message, {@code {"type", "data"}}. */
        MESSAGE,
        /** A preview; the data says of which node and what type the picture has. */
        PREVIEW,
        /** A {@code text} that clients show at the node of a {@code node_id}. */
        TEXT,
        /** The running prompts shall end: that of the given {@code prompt_id}, or all. */
        INTERRUPT,
        /** Models ({@code unload_models}) and cached results ({@code free_memory}) shall go. */
        FREE
    }

    public static ClusterEvent message(String clientId, boolean everyone, String type, Map<String, Object> data) {
        var message = new LinkedHashMap<String, Object>();
        message.put("type", type);
        message.put("data", data);
        return new ClusterEvent(Kind.MESSAGE, clientId, everyone, message, new byte[0]);
    }

    public static ClusterEvent control(Kind kind, Map<String, Object> data) {
        return new ClusterEvent(kind, "", false, data, new byte[0]);
    }

    /** Four bytes of length, that much JSON, then the picture. */
    byte[] toBytes() {
        var header = new LinkedHashMap<String, Object>();
        header.put("kind", kind.name());
        header.put("client", clientId);
        header.put("everyone", everyone);
        header.put("data", data);
        var json = Json.write(header).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + json.length + image.length).putInt(json.length).put(json).put(image).array();
    }

    static ClusterEvent ofBytes(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        var json = new byte[buffer.getInt()];
        buffer.get(json);
        var image = new byte[buffer.remaining()];
        buffer.get(image);
        var header = Json.parseObject(new String(json, StandardCharsets.UTF_8));
        return new ClusterEvent(Kind.valueOf((String) header.get("kind")), (String) header.get("client"), (Boolean) header.get("everyone"),
                Json.object(header.get("data")).orElseThrow(), image);
    }
}

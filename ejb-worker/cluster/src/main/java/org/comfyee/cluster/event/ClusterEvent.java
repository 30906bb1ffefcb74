package org.comfyee.cluster.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.workflow.json.Json;

/** Something that members of the cluster tell each other. */
public final class ClusterEvent {

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
        FREE;

        /** Whether it is for workers, not for clients. */
        boolean isControl() {
            return this == INTERRUPT || this == FREE;
        }
    }

    private final Kind kind;
    private final String clientId;
    private final boolean everyone;
    private final String type;
    private final byte[] image;
    /** The data, in the form in which it came; the other form is made when somebody wants it. */
    private Map<String, Object> data;
    private String text;

    private ClusterEvent(Kind kind, String clientId, boolean everyone, String type, byte[] image) {
        this.kind = kind;
        this.clientId = clientId;
        this.everyone = everyone;
        this.type = type;
        this.image = image;
    }

    private static ClusterEvent of(Kind kind, String clientId, boolean everyone, String type, Map<String, Object> data, byte[] image) {
        var event = new ClusterEvent(kind, clientId, everyone, type, image);
        event.data = data;
        return event;
    }

    /**
     * A websocket message.
     *
     * @param clientId the websocket client that it is for; empty if it is for none in particular
     * @param everyone whether all clients get it
     */
    public static ClusterEvent message(String clientId, boolean everyone, String type, Map<String, Object> data) {
        var message = new LinkedHashMap<String, Object>();
        message.put("type", type);
        message.put("data", data);
        return of(Kind.MESSAGE, clientId, everyone, type, message, new byte[0]);
    }

    /**
     * A picture of work in progress, with clients as for a message.
     *
     * @param image an encoded picture
     */
    public static ClusterEvent preview(String clientId, boolean everyone, Map<String, Object> data, byte[] image) {
        return of(Kind.PREVIEW, clientId, everyone, "", data, image);
    }

    /** A text that all clients show at a node. */
    public static ClusterEvent text(String nodeId, String text) {
        return of(Kind.TEXT, "", true, "", Map.of("node_id", nodeId, "text", text), new byte[0]);
    }

    public static ClusterEvent control(Kind kind, Map<String, Object> data) {
        return of(kind, "", false, "", data, new byte[0]);
    }

    public Kind kind() {
        return kind;
    }

    public String clientId() {
        return clientId;
    }

    public boolean everyone() {
        return everyone;
    }

    /** Whether there is anybody who is to get it. */
    public boolean isAddressed() {
        return everyone || !clientId.isEmpty();
    }

    /** The type of a websocket message, otherwise empty. */
    public String type() {
        return type;
    }

    /** Of a message: what clients see; of others: what the kind needs. */
    public synchronized Map<String, Object> data() {
        if (data == null) {
            data = Json.parseObject(text);
        }
        return data;
    }

    /** The data as JSON. */
    public synchronized String text() {
        if (text == null) {
            text = Json.write(data);
        }
        return text;
    }

    /** Encoded picture of a preview, otherwise empty. */
    public byte[] image() {
        return image;
    }

    /** Lengths of header and data, each as four bytes, then header and data as JSON, then the picture. */
    byte[] toBytes() {
        var header = new LinkedHashMap<String, Object>();
        header.put("kind", kind.name());
        header.put("client", clientId);
        header.put("everyone", everyone);
        header.put("type", type);
        var head = Json.write(header).getBytes(StandardCharsets.UTF_8);
        var body = text().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + head.length + body.length + image.length)
                .putInt(head.length).putInt(body.length).put(head).put(body).put(image).array();
    }

    static ClusterEvent ofBytes(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        int headLength = buffer.getInt();
        int bodyLength = buffer.getInt();
        var header = Json.parseObject(text(buffer, headLength));
        var body = text(buffer, bodyLength);
        var image = new byte[buffer.remaining()];
        buffer.get(image);
        var event = new ClusterEvent(Kind.valueOf((String) header.get("kind")), (String) header.get("client"), (Boolean) header.get("everyone"),
                (String) header.get("type"), image);
        event.text = body;
        return event;
    }

    private static String text(ByteBuffer buffer, int length) {
        var bytes = new byte[length];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}

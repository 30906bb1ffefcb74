package org.comfyee.web.socket;

import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.workflow.json.Json;

/** A client whose handshake is answered, and what it understands. */
final class Client {
    private static final int TEXT = 3;
    /** What a connection may take to be open after its handshake; usually it is a moment. */
    private static final Duration OPENING = Duration.ofMinutes(1);

    private final String id;
    private final Outbox outbox = new Outbox();
    private final Instant answered = Instant.now();
    private volatile boolean previewMetadata;
    private volatile boolean heard;
    /** Clients without metadata get a preview after the progress message that belongs to it. */
    private PreviewFrames heldPreview;

    Client(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    /** The client gets what it was sent since its handshake, and from now on everything at once. */
    void open(Session session) {
        outbox.open(session);
    }

    /** Whether it went away before its connection was open, so that nobody will tell of its end. */
    boolean isLost(Instant now) {
        return !outbox.isOpen() && answered.plus(OPENING).isBefore(now);
    }

    void send(String type, Map<String, Object> data) {
        var message = new LinkedHashMap<String, Object>();
        message.put("type", type);
        message.put("data", data);
        send(Json.write(message), false);
    }

    /** @param state whether it makes earlier messages of its kind worthless */
    synchronized void send(String message, boolean state) {
        if (state) {
            outbox.offerState(message);
        } else {
            outbox.offer(message);
        }
        if (heldPreview != null) {
            offer(heldPreview, heldPreview.plain());
            heldPreview = null;
        }
    }

    synchronized void send(PreviewFrames preview) {
        if (previewMetadata) {
            offer(preview, preview.withMetadata());
        } else {
            heldPreview = preview;
        }
    }

    private void offer(PreviewFrames preview, byte[] frame) {
        if (preview.isResult()) {
            outbox.offerResult(frame);
        } else {
            outbox.offer(frame);
        }
    }

    void progressText(String nodeId, String text) {
        var id = nodeId.getBytes(StandardCharsets.UTF_8);
        var shown = text.getBytes(StandardCharsets.UTF_8);
        outbox.offer(ByteBuffer.allocate(8 + id.length + shown.length).putInt(TEXT).putInt(id.length).put(id).put(shown).array());
    }

    /** Whether this is the first message, the only one that counts. */
    boolean isFirstMessage() {
        boolean first = !heard;
        heard = true;
        return first;
    }

    void negotiate(Map<String, Object> features) {
        previewMetadata = Boolean.TRUE.equals(features.get("supports_preview_metadata"));
    }
}

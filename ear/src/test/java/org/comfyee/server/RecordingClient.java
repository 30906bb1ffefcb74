package org.comfyee.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.comfyee.workflow.json.Json;

/** A websocket client that keeps all that it gets, in order: messages as objects, binary frames as byte arrays. */
final class RecordingClient implements WebSocket.Listener, AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    private final LinkedBlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final java.io.ByteArrayOutputStream binary = new java.io.ByteArrayOutputStream();
    private final WebSocket socket;

    private RecordingClient(HttpClient http, URI server, String clientId) {
        var url = URI.create(server.toString().replace("http", "ws") + "/ws?clientId=" + clientId);
        socket = http.newWebSocketBuilder().buildAsync(url, this).join();
    }

    static RecordingClient connect(RunningServer server, String clientId) {
        return new RecordingClient(server.http(), server.url(), clientId);
    }

    void send(Map<String, Object> message) {
        socket.sendText(Json.write(message), true).join();
    }

    /** All frames up to and including the first message that matches. */
    List<Object> until(java.util.function.Predicate<Map<String, Object>> last) throws InterruptedException {
        var frames = new ArrayList<Object>();
        while (true) {
            var frame = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (frame == null) {
                throw new IllegalStateException("no further message after " + frames);
            }
            frames.add(frame);
            if (Json.object(frame).filter(last).isPresent()) {
                return frames;
            }
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            received.add(Json.parseObject(text.toString()));
            text.setLength(0);
        }
        return WebSocket.Listener.super.onText(from, data, last);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        var bytes = new byte[data.remaining()];
        data.get(bytes);
        binary.writeBytes(bytes);
        if (last) {
            received.add(binary.toByteArray());
            binary.reset();
        }
        return WebSocket.Listener.super.onBinary(from, data, last);
    }

    @Override
    public void close() {
        socket.abort();
    }
}

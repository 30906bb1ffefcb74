package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The websocket: who gets what, previews, clients that come again, and clients that do not read. */
@ExtendWith(SharedServer.class)
class WebsocketTest {
    private static final int PREVIEW_IMAGE = 1;
    private static final int PREVIEW_IMAGE_WITH_METADATA = 4;
    private static final int MANY = 1000;
    private static final int PROMPTS_OF_NOBODY = 2;
    private static final int NODES = 2;
    private static final int QUICK_CLIENTS = 50;

    private static RunningServer server;

    @BeforeAll
    static void use(RunningServer shared) {
        server = shared;
    }

    /** The frames' kinds and their order are as recorded; which of the nodes that wait for nothing runs first is not told there. */
    @ParameterizedTest
    @ValueSource(strings = {"previews-plain", "previews-with-metadata"})
    void previewsComeAsRecorded(String name) throws Exception {
        server.client().awaitIdle();
        if (name.equals("previews-plain")) {
            // It was recorded with nothing in the cache.
            server.post("/free", "{\"free_memory\": true, \"unload_models\": false}");
            server.client().run(ApiTest.picture(3));
        }
        var recording = Recordings.execution(name);
        var features = recording.get("client_features");
        try (var client = server.connect((String) recording.get("client_id"))) {
            var frames = new ArrayList<Object>();
            if (features != null) {
                client.tell(Map.of("type", "feature_flags", "data", features));
                frames.addAll(client.until("feature_flags"));
            }
            client.submit(Json.object(recording.get("prompt")).orElseThrow());
            frames.addAll(client.untilEnd());
            assertEquals(kinds((List<?>) recording.get("messages")), kinds(frames));
            for (var frame : frames) {
                if (frame instanceof byte[] bytes) {
                    assertPreview(bytes, features != null);
                }
            }
        }
    }

    private static List<String> kinds(List<?> frames) {
        return frames.stream().map(frame -> frame instanceof byte[] bytes ? "binary " + bytes[3] : kind(Json.object(frame).orElseThrow())).toList();
    }

    private static String kind(Map<String, Object> message) {
        return message.get("binary_first_bytes_hex") instanceof String hex ? "binary " + hex.charAt(7) : (String) message.get("type");
    }

    private static void assertPreview(byte[] frame, boolean withMetadata) throws IOException {
        var buffer = ByteBuffer.wrap(frame);
        if (withMetadata) {
            assertEquals(PREVIEW_IMAGE_WITH_METADATA, buffer.getInt());
            var metadata = new byte[buffer.getInt()];
            buffer.get(metadata);
            var described = Json.parseObject(new String(metadata, StandardCharsets.UTF_8));
            assertEquals(List.of("node_id", "prompt_id", "display_node_id", "parent_node_id", "real_node_id", "image_type"), List.copyOf(described.keySet()));
            assertEquals("3", described.get("node_id"));
            assertEquals("image/jpeg", described.get("image_type"));
        } else {
            assertEquals(PREVIEW_IMAGE, buffer.getInt());
            assertEquals(1, buffer.getInt());
        }
        var image = ImageIO.read(new ByteArrayInputStream(frame, buffer.position(), buffer.remaining()));
        assertEquals(512, image.getWidth());
        assertEquals(512, image.getHeight());
    }

    /** As previews are, but whole, and again for who asks again. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void picturesMayComeOverTheWebsocketInPlaceOfFiles(boolean metadata) throws Exception {
        try (var client = server.connect("wants-pictures-" + metadata)) {
            if (metadata) {
                client.tell(Map.of("type", "feature_flags", "data", Map.of("supports_preview_metadata", true)));
                client.until("feature_flags");
            }
            for (int times = 0; times < 2; times++) {
                client.submit(Json.parseObject("""
                        {"1": {"class_type": "EmptyImage", "inputs": {"width": 700, "height": 8, "batch_size": 2, "color": 255}},
                         "2": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["1", 0]}}}"""));
                var frames = client.untilEnd();
                assertEquals(metadata ? List.of("binary 4", "progress", "binary 4", "progress") : List.of("progress", "binary 1", "progress", "binary 1"),
                        kinds(frames).stream().filter(kind -> kind.equals("progress") || kind.startsWith("binary")).toList());
                for (var frame : frames) {
                    if (frame instanceof byte[] bytes) {
                        var buffer = ByteBuffer.wrap(bytes, 4, bytes.length - 4);
                        int header = buffer.getInt();
                        assertEquals(metadata ? "image/png" : 2, metadata ? Json.parseObject(new String(bytes, 8, header, StandardCharsets.UTF_8))
                                .get("image_type") : header);
                        int begin = 8 + (metadata ? header : 0);
                        var picture = ImageIO.read(new ByteArrayInputStream(bytes, begin, bytes.length - begin));
                        assertEquals(700, picture.getWidth());
                        assertEquals(0xff0000ff, picture.getRGB(0, 0));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {"{}, true", "`{'client_id': null}`, true", "`{'client_id': ''}`, false", "`{'client_id': 'another'}`, false"})
    void othersHearOfThePromptsThatAreNobodys(String properties, boolean heard) throws Exception {
        try (var bystander = server.connect("bystander")) {
            var request = new LinkedHashMap<>(Json.parseObject(properties.replace('\'', '"')));
            request.put("prompt", ApiTest.picture(77));
            var id = Json.parseObject(server.post("/prompt", Json.write(request)).body()).get("prompt_id");
            // What is told of it comes before what is told of the next.
            bystander.submit(ApiTest.picture(78));
            assertEquals(heard, bystander.untilEnd().stream().map(frame -> Json.object(frame).orElseThrow())
                    .anyMatch(message -> message.get("type").equals("progress_state") && Json.write(message).contains((String) id)));
        }
    }

    @Test
    void theLaterOfTwoConnectionsHearsInTheOthersPlace() throws Exception {
        try (var first = server.connect("twice"); var second = server.connect("twice")) {
            first.until("status");
            second.until("status");
            var id = second.submit(ApiTest.picture(10));
            second.untilEnd();
            assertTrue(first.soFar().isEmpty());
            // The end of the first does not end the second.
            first.leave();
            second.submit(ApiTest.picture(11));
            assertTrue(second.untilEnd().size() > 1);
            assertEquals("success", Json.object(server.awaitHistory(id).get("status")).orElseThrow().get("status_str"));
        }
    }

    @Test
    void aClientMayHaveANameOfAnyScript() throws Exception {
        try (var client = server.connect("Ä 日本 + & =")) {
            var status = Json.object(client.until("status").getFirst()).orElseThrow();
            assertEquals("Ä 日本 + & =", Json.object(status.get("data")).orElseThrow().get("sid"));
            client.submit(ApiTest.picture(302));
            assertTrue(kinds(client.untilEnd()).contains("execution_success"));
        }
    }

    @Test
    void whoPostsAtOnceMissesNothing() throws Exception {
        for (int i = 0; i < QUICK_CLIENTS; i++) {
            try (var client = server.connect("quick-" + i)) {
                client.submit(ApiTest.picture(200 + i));
                var frames = client.untilEnd();
                assertEquals(List.of("status", "status", "status", "execution_start", "execution_cached"), kinds(frames).subList(0, 5));
                assertEquals("quick-" + i, Json.object(Json.object(frames.getFirst()).orElseThrow().get("data")).orElseThrow().get("sid"));
            }
        }
    }

    @Test
    void onlyTheFirstMessageNegotiates() throws Exception {
        try (var client = server.connect("negotiates")) {
            client.tellText("no JSON");
            client.tellText("5");
            client.tell(Map.of("type", "feature_flags", "data", Map.of()));
            assertEquals(List.of("status", "feature_flags"), kinds(client.until("feature_flags")));
            client.tell(Map.of("type", "feature_flags"));
            client.submit(ApiTest.picture(300));
            assertFalse(kinds(client.untilEnd()).contains("feature_flags"));
        }
        try (var client = server.connect("negotiates-no-more")) {
            client.tell(Map.of("type", "other"));
            client.tell(Map.of("type", "feature_flags"));
            client.submit(ApiTest.picture(301));
            assertFalse(kinds(client.untilEnd()).contains("feature_flags"));
        }
    }

    @Test
    void whoGivesNoNameGetsOneBelowApiToo() throws Exception {
        var first = new CompletableFuture<String>();
        try (var http = HttpClient.newHttpClient()) {
            var socket = http.newWebSocketBuilder().buildAsync(URI.create(server.url().toString().replace("http", "ws") + "/api/ws"), new WebSocket.Listener() {
                @Override
                public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                    first.complete(data.toString());
                    return WebSocket.Listener.super.onText(from, data, last);
                }
            }).join();
            var status = Json.parseObject(first.get(30, TimeUnit.SECONDS));
            assertTrue(((String) Json.object(status.get("data")).orElseThrow().get("sid")).matches("[0-9a-f]{32}"));
            socket.abort();
        }
    }

    @Test
    void whoComesAgainIsToldWhatRuns() throws Exception {
        try (var client = server.connect("comes-again")) {
            client.submit(ApiTest.drawing(256, 400));
            client.until("progress");
        }
        try (var client = server.connect("comes-again")) {
            var frames = client.until("executing");
            assertEquals("status", Json.object(frames.getFirst()).orElseThrow().get("type"));
            assertEquals(Map.of("node", "3"), Json.object(frames.getLast()).orElseThrow().get("data"));
            client.until("progress");
            server.post("/interrupt", "");
            client.untilEnd();
        }
        try (var client = server.connect("comes-again")) {
            client.until("status");
            client.submit(ApiTest.picture(12));
            // Nothing runs any more, so there was nothing to tell before.
            assertEquals(List.of("status", "status", "execution_start"), kinds(client.until("execution_start")));
        }
    }

    @Test
    void aThousandClientsHearEverythingWhileOneDoesNotRead() throws Exception {
        server.client().awaitIdle();
        var heard = new CountDownLatch(MANY);
        try (var http = HttpClient.newHttpClient(); var _ = deafClient("deaf")) {
            // More previews than fit into a connection that nobody reads.
            var answer = server.post("/prompt", Json.write(Map.of("prompt", ApiTest.drawing(64, 80), "client_id", "deaf")));
            server.awaitHistory((String) Json.parseObject(answer.body()).get("prompt_id"));
            var sockets = new ArrayList<WebSocket>();
            try {
                for (int i = 0; i < MANY; i++) {
                    var url = URI.create(server.url().toString().replace("http", "ws") + "/ws?clientId=many-" + i);
                    sockets.add(http.newWebSocketBuilder().buildAsync(url, new Counter(heard)).join());
                }
                // How prompts of nobody go on is told to all.
                for (int i = 0; i < PROMPTS_OF_NOBODY; i++) {
                    server.submit(ApiTest.picture(100 + i));
                }
                assertTrue(heard.await(60, TimeUnit.SECONDS), () -> heard.getCount() + " of " + MANY + " clients did not hear all");
                assertEquals(200, server.get("/prompt").statusCode());
            } finally {
                sockets.forEach(WebSocket::abort);
            }
        }
    }

    /** Connects and never reads. */
    private static Socket deafClient(String id) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", server.url().getPort()));
        var key = Base64.getEncoder().encodeToString(new byte[16]);
        socket.getOutputStream().write(("GET /ws?clientId=" + id + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: " + key + "\r\nSec-WebSocket-Version: 13\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Counts down when it was told of the start and the end of each node of the prompts. */
    private static final class Counter implements WebSocket.Listener {
        private final CountDownLatch heard;
        private final StringBuilder text = new StringBuilder();
        private int states;

        Counter(CountDownLatch heard) {
            this.heard = heard;
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                if (text.indexOf("\"progress_state\"") >= 0 && ++states == PROMPTS_OF_NOBODY * NODES * 2) {
                    heard.countDown();
                }
                text.setLength(0);
            }
            return WebSocket.Listener.super.onText(from, data, last);
        }
    }
}

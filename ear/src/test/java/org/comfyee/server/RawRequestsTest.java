package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no HTTP client sends: each is refused in few words, and none fills the log. One character is one byte. */
@ExtendWith(SharedServer.class)
class RawRequestsTest {
    private static final String END = " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    private static final String POST = "POST /prompt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
    private static final long SEED = Long.getLong("fuzz.seed", 1);
    private static final int DAMAGED = Integer.getInteger("fuzz.inputs", 3000) / 10;
    private static final int PATIENCE_MILLIS = 60_000;
    private static final int SOON_MILLIS = 300;
    private static final int UNSUPPORTED_VERSION = 505;

    private record Answer(int status, String text) {
        static Answer of(String text) {
            return new Answer(text.startsWith("HTTP/1.1 ") ? Integer.parseInt(text.substring(9, 12)) : 0, text);
        }

        boolean hasHeader(String name) {
            return text.toLowerCase(Locale.ROOT).contains("\r\n" + name.toLowerCase(Locale.ROOT) + ":");
        }
    }

    /** @param millis how long to wait for the answer's end; what came until then is the answer */
    private static Answer send(URI server, String request, int millis) throws IOException {
        var received = new StringBuilder();
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(millis);
            var buffer = new byte[1 << 14];
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                for (int read; (read = socket.getInputStream().read(buffer)) >= 0; ) {
                    received.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
                }
            } catch (SocketTimeoutException e) {
                // Half a request may wait for its other half.
            } catch (IOException e) {
                // The server may have refused it before it was sent to the end.
            }
        }
        return Answer.of(received.toString());
    }

    private static void assertPlain(String name, Answer answer) {
        var text = answer.text().toLowerCase(Locale.ROOT);
        for (var word : List.of("payara", "glassfish", "grizzly", "exception", "<html", "\r\nserver:", "x-powered-by")) {
            assertFalse(text.contains(word), () -> name + ": " + answer.text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/view%zz", "/view%", "/view%2", "/view%00", "/userdata/a%00b", "/view%c0%af", "/view\u00ff\u00fe", "/vi\u0001ew", "/view?filename=a\u0001", "/..\\..\\x", "/a%5cb",
        "/../../etc/passwd", "/userdata/.", "/api/settings/../../etc/passwd", "/a/b/..", "/a/%2e%2e", "/%2e%2e/%2e%2e/x", "/a[b]{c}|d^e`f\"<>", "/ws?clientId=%zz", "prompt", "http://[::1"})
    void addressesThatNobodyCanMeanAreRefused(String target, RunningServer server) throws Exception {
        int before = server.log().length();
        var answer = send(server.url(), "GET " + target + END, PATIENCE_MILLIS);
        assertEquals(400, answer.status(), answer.text());
        assertPlain(target, answer);
        assertTrue(answer.hasHeader("X-Content-Type-Options") && answer.hasHeader("Referrer-Policy") && !answer.hasHeader("X-Frame-Options"), answer.text());
        assertEquals("", server.log().substring(before));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/WEB-INF/beans.xml", "/%57EB-INF/beans.xml", "//WEB-INF/beans.xml", "/page/..%2fWEB-INF/beans.xml", "/WEB-INF/error", "//nowhere", "/prompt//x"})
    void whatIsNotThereIsNotFoundInPlainWords(String target, RunningServer server) throws Exception {
        var answer = send(server.url(), "GET " + target + END, PATIENCE_MILLIS);
        assertEquals(404, answer.status(), answer.text());
        assertPlain(target, answer);
        assertTrue(answer.hasHeader("X-Content-Type-Options") && answer.hasHeader("Referrer-Policy"), answer.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "GET /prompt HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET /prompt HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        "GET /prompt HTTP/1.1\r\nHost: a b:c:d\r\nConnection: close\r\n\r\n",
        "GET /prompt HTTP/1.1\r\nHost: a:xx\r\nConnection: close\r\n\r\n",
        "GET /prompt HTTP/1.1\r\nHost: a:99999\r\nConnection: close\r\n\r\n",
        "GET /prompt HTTP/1.1\r\nHost : a\r\nConnection: close\r\n\r\n",
        "GET /prompt HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\nConnection: close\r\n\r\n",
        "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n",
        "TRACE /prompt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "FOO /prompt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "G\u0001T /prompt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        POST + "Content-Length: -5\r\n\r\n{}", POST + "Content-Length: abc\r\n\r\n{}", POST + "Content-Length: \r\n\r\n{}",
        POST + "Content-Length: 99999999999999999999999\r\n\r\n{}", POST + "Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}",
        POST + "Transfer-Encoding: foo\r\n\r\n{}",
        POST + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", POST + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        POST + "Content-Type: ;;;/\r\nContent-Length: 2\r\n\r\n{}", POST + "Content-Type: application/json; charset=nope\r\nContent-Length: 2\r\n\r\n{}"})
    void headsAndBodiesThatAreNoHttpAreTheClientsFault(String request, RunningServer server) throws Exception {
        int before = server.log().length();
        var answer = send(server.url(), request, PATIENCE_MILLIS);
        assertTrue(answer.status() == 400 || answer.status() == 405, answer.text());
        assertTrue(answer.hasHeader("X-Content-Type-Options") && answer.hasHeader("Referrer-Policy"), answer.text());
        assertPlain(request, answer);
        assertEquals("", server.log().substring(before));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: close\r\n", "Connection: close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\n"})
    void whatIsNoHandshakeBecomesNoWebsocket(String headers, RunningServer server) throws Exception {
        var answer = send(server.url(), "GET /ws HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n", SOON_MILLIS);
        assertEquals(400, answer.status(), answer.text());
        assertPlain(headers, answer);
        assertTrue(answer.text().contains("websocket") || answer.text().contains("WebSocket"), answer.text());
    }

    @Test
    void tooLongIsRefusedTooAndTheServerGoesOn(RunningServer server) throws Exception {
        for (int length : List.of(20_000, 200_000, 2_000_000)) {
            var answer = send(server.url(), "GET /" + "a".repeat(length) + END, PATIENCE_MILLIS);
            // The server may close while the client still sends, which may take the answer away.
            assertTrue(answer.status() == 400 && answer.hasHeader("X-Content-Type-Options") || answer.text().isEmpty(), answer.text());
            assertPlain("a path of " + length, answer);
        }
        assertEquals(200, send(server.url(), "GET /prompt" + END, PATIENCE_MILLIS).status());
    }

    @Test
    void clientsThatGoInTheMiddleLeaveNoTraceInTheLog(RunningServer server) throws Exception {
        int before = server.log().length();
        for (int i = 0; i < 20; i++) {
            send(server.url(), POST + "Content-Length: 5000\r\n\r\n{\"prompt\":", 20);
            send(server.url(), POST + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n", 20);
            send(server.url(), "POST /upload/image HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000\r\n\r\n--x\r\n", 20);
            send(server.url(), "PUT /prompt HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n{", 20);
            send(server.url(), "GET /object_info HTTP/1.1\r\nHost: a\r\n\r\n", 1);
        }
        assertEquals(200, server.get("/prompt").statusCode());
        Thread.sleep(SOON_MILLIS);
        assertEquals("", server.log().substring(before));
    }

    /** Sound requests with a few bytes changed, left out or doubled. */
    @Test
    void damagedRequestsAreRefusedOrUnderstood(RunningServer server) throws Exception {
        var sound = List.of("GET /view?filename=a%20b.png&type=input" + END, "GET /userdata/a%2Fb.json" + END, "GET /history/1?max_items=2" + END,
                POST + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", POST + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "GET /ws?clientId=a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        int before = server.log().length();
        for (int number = 0; number < DAMAGED; number++) {
            var random = new SplittableRandom(SEED + number);
            var request = new StringBuilder(sound.get(random.nextInt(sound.size())));
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                int place = random.nextInt(request.length());
                switch (random.nextInt(4)) {
                    case 0 -> request.setCharAt(place, (char) random.nextInt(256));
                    case 1 -> request.deleteCharAt(place);
                    case 2 -> request.insert(place, request.substring(place, Math.min(request.length(), place + random.nextInt(1, 20))));
                    default -> request.insert(place, List.of("%", "%00", "%ff", "\\", "//", "..", ":", "\r\n", "\t", "\u0000").get(random.nextInt(10)));
                }
            }
            var name = "input " + number + ": " + request;
            var answer = send(server.url(), request.toString(), SOON_MILLIS);
            assertTrue(answer.status() < 500 || answer.status() == UNSUPPORTED_VERSION, () -> name + "\n" + answer.text());
            assertPlain(name, answer);
            assertFalse(server.log().substring(before).contains("\tat "), () -> name + " is in the log");
        }
        assertEquals(200, server.get("/prompt").statusCode());
    }
}

package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that speaks TLS, on two addresses. */
class TlsTest {
    @TempDir
    private static Path directory;

    private static TestCertificate certificate;
    private static int port;
    private static AdminProgram admin;
    private static RunningServer server;
    private static ComfyClient client;

    @BeforeAll
    static void start() throws Exception {
        certificate = TestCertificate.make(directory, "secret-of-the-store");
        certificate.writeKey(directory.resolve("key.pem"));
        var token = Files.writeString(directory.resolve("token"), "of the operator\n");
        port = FreePort.find();
        var command = RunningServer.command("comfyee", directory);
        command.addAll(List.of("--port", Integer.toString(port), "--threads=1", "--listen=127.0.0.1,127.0.0.2", "--tls-keyfile", directory.resolve("key.pem").toString(),
                "--tls-certfile", certificate.trusted().toString(), "--verbose", "--disable-api-nodes", "--admin-token-file=" + token));
        admin = new AdminProgram(() -> URI.create("https://127.0.0.2:" + port), token);
        server = RunningServer.start(command, directory, URI.create("https://127.0.0.1:" + port)).awaitReady();
        client = ComfyClient.connect(server.url(), "tls", Optional.of(certificate.context()));
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void promptsAreSentAndHeardOfOverTls() throws Exception {
        assertTrue(server.log().contains("ComfyEE is ready at https://127.0.0.1:" + port));
        var entry = client.run(ApiTest.picture(1));
        assertEquals("success", Json.object(entry.get("status")).orElseThrow().get("status_str"));
        client.untilEnd();
        var answer = client.send(client.request("/api/v1/prompts").header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(ApiTest.picture(2)))));
        for (var url : (List<?>) Json.parseObject(answer.body()).get("urls")) {
            assertTrue(url.toString().startsWith("https://127.0.0.1:" + port + "/view?"), url.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.2"})
    void eachAddressIsServed(String address) throws Exception {
        // As browsers, which take HTTP/2 if they can have it.
        try (var http = HttpClient.newBuilder().sslContext(certificate.context()).build()) {
            var answer = http.send(HttpRequest.newBuilder(URI.create("https://" + address + ":" + port + "/features")).build(), BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
            assertEquals(HttpClient.Version.HTTP_1_1, answer.version());
            assertEquals("nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""));
            assertTrue(answer.headers().firstValue("Server").isEmpty());
        }
    }

    @Test
    void nothingElseIsServed() {
        assertThrows(ConnectException.class, () -> new Socket("127.0.0.3", port).close());
        // Without TLS there is no answer, or none that is HTTP.
        assertThrows(IOException.class, () -> {
            try (var plain = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
                plain.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/features")).build(), BodyHandlers.ofString());
            }
        });
    }

    @Test
    void whatIsGuardedWithoutTlsIsGuardedWithIt() throws Exception {
        try (var socket = certificate.context().getSocketFactory().createSocket("127.0.0.2", port)) {
            socket.getOutputStream().write(("GET /page/../features HTTP/1.1\r\nHost: 127.0.0.2:" + port + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertTrue(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).equals("HTTP/1.1 400"));
        }
        var own = client.send(client.request("/prompt").header("Origin", "https://127.0.0.1:" + port));
        assertEquals(200, own.statusCode());
        assertEquals(403, client.send(client.request("/prompt").header("Origin", "https://evil.example")).statusCode());
    }

    @Test
    void pagesReachNoOtherServerWithoutNodesOfServices() throws Exception {
        assertTrue(client.get("/features").headers().firstValue("Content-Security-Policy").orElse("").contains("connect-src 'self' data:"));
        // The page that comes with the server may do less anyway.
        assertEquals(List.of(true), client.get("/").headers().allValues("Content-Security-Policy").stream().map(policy -> policy.contains("frame-ancestors")).toList());
    }

    @Test
    void operatorsTrustTheCertificateThatTheyName() throws Exception {
        assertEquals("paused: true", admin.line("queue", "pause", "--tls-certfile=" + certificate.trusted()));
        assertEquals("paused: false", admin.line("queue", "resume", "--tls-certfile", certificate.trusted().toString()));
        var refused = admin.run("queue", "list");
        assertEquals(1, refused.exitCode());
        assertTrue(refused.lines().getFirst().contains("is not trusted"), refused.toString());
        var another = TestCertificate.make(Files.createDirectory(directory.resolve("another")), "secret-of-another");
        refused = admin.run("queue", "list", "--tls-certfile=" + another.trusted());
        assertEquals(1, refused.exitCode());
        assertTrue(refused.lines().getFirst().contains("shows another certificate"), refused.toString());
        refused = admin.run("queue", "list", "--tls-certfile=" + directory.resolve("token"));
        assertEquals(2, refused.exitCode());
        assertTrue(refused.lines().getFirst().contains("holds no certificate in PEM form"), refused.toString());
    }

    /** Even if it tells all that it can. */
    @Test
    void theLogTellsNoSecrets() throws Exception {
        var log = server.log();
        assertFalse(log.contains("secret-of-the-store") || log.contains("keystorePass"), log);
    }
}

package org.comfyee.server;

import java.io.IOException;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.comfyee.cluster.config.Directories;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.JsonException;

/** Talks to the server that this process is starting, as any client does. */
final class ServerClient implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(60);

    private final String url;
    private final Optional<SSLContext> tls;
    private HttpClient http;

    /** @param tls whom to trust, if the server speaks TLS */
    ServerClient(String url, Optional<SSLContext> tls) {
        this.url = url;
        this.tls = tls;
    }

    /** Waits until the server answers and can take prompts, for as long as that takes. */
    void awaitHealth() throws InterruptedException {
        while (!isHealthy()) {
            Thread.sleep(PAUSE);
        }
    }

    /** Asked while the server starts, so by the simplest client: {@link HttpClient} is a tenth of a second's work and looks for keys that are just being set. */
    private boolean isHealthy() {
        try {
            var connection = (HttpURLConnection) URI.create(url + "/health").toURL().openConnection(Proxy.NO_PROXY);
            if (connection instanceof HttpsURLConnection encrypted) {
                encrypted.setSSLSocketFactory(tls.orElseThrow().getSocketFactory());
                // It is known by its certificate, whatever name that has.
                encrypted.setHostnameVerifier((_, _) -> true);
            }
            connection.setReadTimeout((int) HEALTH_TIMEOUT.toMillis());
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            // Not there yet, or not whole yet.
            return false;
        }
    }

    /** Runs a workflow and prints its outputs as one line of JSON, with the paths of its files. @return whether it succeeded */
    boolean runAndPrint(Path workflow, PrintStream out) throws IOException, InterruptedException {
        Map<String, Object> prompt;
        try {
            prompt = Json.parseObject(Files.readString(workflow));
        } catch (JsonException e) {
            System.err.println(workflow + " is no workflow in API format: " + e.getMessage());
            return false;
        }
        var body = Json.write(Map.of("prompt", Json.object(prompt.get("prompt")).orElse(prompt)));
        var answer = send(request("/prompt").POST(HttpRequest.BodyPublishers.ofString(body)).build());
        if (answer.statusCode() != 200) {
            System.err.println(workflow + " was refused: " + answer.body());
            return false;
        }
        var id = (String) Json.parseObject(answer.body()).get("prompt_id");
        var entry = awaitHistory(id);
        var status = Json.object(entry.get("status")).orElse(Map.of());
        if (!Boolean.TRUE.equals(status.get("completed"))) {
            System.err.println(workflow + " failed: " + Json.write(status.get("messages")));
            return false;
        }
        var printed = new LinkedHashMap<String, Object>();
        printed.put("prompt_id", id);
        printed.put("outputs", withPaths(Json.object(entry.get("outputs")).orElse(Map.of())));
        out.println(Json.write(printed));
        return true;
    }

    private Map<String, Object> awaitHistory(String id) throws IOException, InterruptedException {
        while (true) {
            var history = Json.parseObject(send(request("/history/" + id).GET().build()).body());
            var entry = Json.object(history.get(id));
            if (entry.isPresent()) {
                return entry.get();
            }
            Thread.sleep(PAUSE);
        }
    }

    private static Map<String, Object> withPaths(Map<String, Object> outputs) {
        var folders = Directories.configured();
        outputs.values().stream()
                .flatMap(shown -> Json.object(shown).orElse(Map.of()).values().stream())
                .filter(List.class::isInstance)
                .flatMap(files -> ((List<?>) files).stream())
                .forEach(file -> Json.object(file).ifPresent(each -> addPath(each, folders)));
        return outputs;
    }

    private static void addPath(Map<String, Object> file, Folders folders) {
        if (file.get("filename") instanceof String name && file.get("type") instanceof String type) {
            Directory.ofType(type).ifPresent(directory ->
                    file.put("abs_path", folders.directory(directory).resolve((String) file.get("subfolder")).resolve(name).toString()));
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(60));
    }

    HttpClient http() {
        if (http == null) {
            var builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5));
            tls.ifPresent(builder::sslContext);
            http = builder.build();
        }
        return http;
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        if (http != null) {
            http.shutdownNow();
        }
    }
}

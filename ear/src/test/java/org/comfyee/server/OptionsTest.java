package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A front end with a page of the operator's own, several users, and pages of other origins that may call it. */
class OptionsTest {
    @TempDir
    private static Path directory;

    private static final int NOBODY_LISTENS = 0;

    private static RunningServer server;
    private static Set<Integer> refusedWhileStarting;

    @BeforeAll
    static void start() throws Exception {
        var page = Files.createDirectories(directory.resolve("page"));
        Files.writeString(page.resolve("index.html"), "<!doctype html><title>mine</title>");
        Files.createDirectories(page.resolve("assets"));
        Files.writeString(page.resolve("assets/index-1a2b.js"), "export {}");
        Files.writeString(page.resolve("assets/style.css"), "body {}");
        Files.write(page.resolve("assets/picture.webp"), new byte[16]);
        Files.createDirectories(page.resolve("extensions/core"));
        Files.writeString(page.resolve("extensions/core/more.js"), "");
        Files.writeString(directory.resolve("secret.txt"), "secret");
        Files.createSymbolicLink(page.resolve("link.txt"), directory.resolve("secret.txt"));
        var models = RunningServer.ROOT.resolve("server-config/models/checkpoints");
        try (var bundled = Files.newDirectoryStream(models, "*.safetensors")) {
            Files.copy(bundled.iterator().next(), Files.createDirectories(directory.resolve("store/checkpoints")).resolve("far.safetensors"));
        }
        Files.createFile(Files.createDirectories(directory.resolve("store/words")).resolve("list.txt"));
        Files.writeString(directory.resolve("extra_model_paths.yaml"), "store: {base_path: store, checkpoints: checkpoints}");
        Files.writeString(directory.resolve("more.yaml"), "more: {words: store/words}");
        Files.writeString(directory.resolve("again.yaml"), "again: {is_default: true, loras: store/loras}");
        server = RunningServer.start("comfyee", directory, "--front-end-root", page.toString(), "--multi-user", "--enable-cors-header",
                "--base-directory", directory.resolve("base").toString(), "--extra-model-paths-config", directory.resolve("more.yaml").toString(),
                directory.resolve("again.yaml").toString());
        refusedWhileStarting = refusals();
        server.awaitReady();
    }

    /** What a client is told that asks from the first moment on, until it is answered. */
    private static Set<Integer> refusals() throws Exception {
        var refusals = new TreeSet<Integer>();
        Await.until("the server answers", () -> {
            int status = status();
            if (status != NOBODY_LISTENS && status != 200) {
                refusals.add(status);
            }
            return status == 200;
        });
        return refusals;
    }

    private static int status() throws InterruptedException {
        try {
            return server.get("/prompt").statusCode();
        } catch (IOException e) {
            return NOBODY_LISTENS;
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whoAsksWhileTheServerStartsIsToldToAskLater() {
        assertEquals(Set.of(503), refusedWhileStarting);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("none");
    }

    @Test
    void thePageOfTheOperatorIsServed() throws Exception {
        for (var path : new String[] {"/", "/api/", "/index.html"}) {
            assertTrue(server.get(path).body().contains("<title>mine"), path);
        }
        assertEquals("no-cache", header(server.get("/"), "Cache-Control"));
        var script = server.get("/assets/index-1a2b.js");
        assertEquals("application/javascript; charset=utf-8", header(script, "Content-Type"));
        assertEquals("no-cache", header(script, "Cache-Control"));
        assertEquals("text/css; charset=utf-8", header(server.get("/assets/style.css"), "Content-Type"));
        var picture = server.get("/assets/picture.webp");
        assertEquals("image/webp", header(picture, "Content-Type"));
        assertEquals("public, max-age=86400", header(picture, "Cache-Control"));
        assertEquals(304, server.client().send(server.client().request("/assets/picture.webp").header("If-None-Match", header(picture, "ETag"))).statusCode());
        assertEquals("public, max-age=3600", header(server.get("/assets/none.webp"), "Cache-Control"));
        assertEquals("[\"/extensions/core/more.js\"]", server.get("/extensions").body());
    }

    @Test
    void nothingBesideThePageIsServed() throws Exception {
        for (var path : new String[] {"/link.txt", "/..%2Fsecret.txt", "/%2e%2e/secret.txt", "/assets/..%5C..%5Csecret.txt"}) {
            var answer = server.get(path);
            assertTrue(answer.statusCode() == 404 || answer.statusCode() == 400, path + " gave " + answer.statusCode() + " " + answer.body());
        }
    }

    @Test
    void modelsOfFurtherDirectoriesAreThere() throws Exception {
        assertTrue(server.get("/object_info/CheckpointLoaderSimple").body().contains("\"far.safetensors\""));
        assertTrue(((List<?>) Json.parse(server.get("/models/checkpoints").body())).contains("far.safetensors"));
        assertEquals("[\"list.txt\"]", server.get("/models/words").body());
        assertTrue(((List<?>) Json.parse(server.get("/models").body())).contains("words"));
        var loras = Json.object(Json.parse(server.get("/internal/folder_paths").body())).orElseThrow().get("loras");
        assertEquals(List.of("store/loras", "base/models/loras", "base/output/loras"),
                ((List<?>) loras).stream().map(path -> directory.relativize(Path.of((String) path)).toString()).toList());
        var prompt = Json.parseObject(Json.write(Recordings.prompt(1, 64, 1)).replace("tiny-sd15.safetensors", "far.safetensors"));
        var entry = server.awaitHistory(server.submit(prompt));
        assertEquals("success", Json.object(entry.get("status")).orElseThrow().get("status_str"));
        // What is made lies below the base directory too.
        try (var made = Files.newDirectoryStream(directory.resolve("base/output"), "*.png")) {
            assertTrue(made.iterator().hasNext());
        }
        assertTrue(Files.isDirectory(directory.resolve("base/user")) && Files.notExists(directory.resolve("user")));
    }

    @Test
    void wrongExtraPathsAreToldBeforeAnythingStarts() throws Exception {
        Files.writeString(directory.resolve("wrong.yaml"), "a: {vae: 5}");
        var wrong = new ProcessBuilder(RunningServer.command("comfyee", directory)).redirectErrorStream(true);
        wrong.command().addAll(List.of("--extra-model-paths-config", directory.resolve("wrong.yaml").toString()));
        var process = wrong.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(2, process.waitFor());
        assertEquals("comfyee: in the extra model paths " + directory.resolve("wrong.yaml") + " 'a.vae' is '5', expected text with one directory a line\n", said);
    }

    /** A run that only prints results shares nothing with the server but the machine, and leaves nothing. */
    @Test
    void workflowsArePrintedAndNothingElse() throws Exception {
        var place = Files.createDirectories(directory.resolve("print"));
        var servers = Files.createDirectories(directory.resolve("servers"));
        var err = directory.resolve("print.log");
        var builder = new ProcessBuilder(RunningServer.command("comfyee", place)).redirectError(err.toFile());
        builder.command().addAll(List.of("--threads=1", "--workflows", RunningServer.ROOT.resolve("server-config/workflows/startup.json").toString()));
        builder.environment().put("COMFYEE_JAVA_OPTIONS", "-Djava.io.tmpdir=" + servers);
        var process = builder.start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var log = Files.readString(err);
        assertEquals(0, process.waitFor(), log);
        assertEquals(1, printed.lines().count(), printed);
        assertTrue(Json.parseObject(printed).containsKey("outputs"), printed);
        assertEquals(List.of(), log.lines().filter(line -> !line.matches("\\d\\d:\\d\\d:\\d\\d INFO .*|ComfyEE is ready at .*")).toList());
        assertEquals(List.of(), serverDirectories(servers));
    }

    @Test
    void aServerThatIsToldToEndWhileItStartsLeavesNothing() throws Exception {
        var place = Files.createDirectories(directory.resolve("start"));
        var servers = Files.createDirectories(directory.resolve("started"));
        var log = directory.resolve("start.log");
        var builder = new ProcessBuilder(RunningServer.command("comfyee", place)).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.command().addAll(List.of("--port", Integer.toString(FreePort.find())));
        builder.environment().put("COMFYEE_JAVA_OPTIONS", "-Djava.io.tmpdir=" + servers);
        var process = builder.start();
        Await.until("the server's directory", () -> !process.isAlive() || !serverDirectories(servers).isEmpty());
        process.destroy();
        process.waitFor();
        assertEquals(List.of(), serverDirectories(servers), Files.readString(log));
    }

    @Test
    void aServerMayStartOnlyToShowThatItDoes() throws Exception {
        var place = Files.createDirectories(directory.resolve("trial"));
        var err = directory.resolve("trial.err");
        var builder = new ProcessBuilder(RunningServer.command("comfyee", place)).redirectError(err.toFile());
        builder.command().addAll(List.of("--threads=1", "--port", Integer.toString(FreePort.find()), "--quick-test-for-ci", "--log-stdout"));
        var process = builder.start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), printed);
        assertTrue(printed.contains(" INFO ") && printed.contains("ComfyEE is ready at "), printed);
        assertEquals("", Files.readString(err));
    }

    @Test
    void aServerMaySayNothingAndOpenItsPage() throws Exception {
        var place = Files.createDirectories(directory.resolve("silent"));
        Recordings.makeModels(place);
        var opened = directory.resolve("opened");
        var browser = Files.writeString(Files.createDirectories(directory.resolve("programs")).resolve("xdg-open"), "#!/bin/sh\necho \"$1\" > " + opened + ".part\nmv "
                + opened + ".part " + opened + "\n");
        assertTrue(browser.toFile().setExecutable(true));
        var log = directory.resolve("silent.log");
        var builder = new ProcessBuilder(RunningServer.command("comfyee", place)).redirectErrorStream(true).redirectOutput(log.toFile());
        var url = "http://127.0.0.1:" + FreePort.find();
        builder.command().addAll(List.of("--threads=1", "--port", url.substring(url.lastIndexOf(':') + 1), "--verbose", "ERROR", "--dont-print-server",
                "--windows-standalone-build", "--disable-smart-memory"));
        builder.environment().merge("PATH", browser.getParent().toString(), (path, first) -> first + ":" + path);
        var process = builder.start();
        try (var client = ComfyClient.of(URI.create(url))) {
            Await.until("the page", () -> !process.isAlive() || Files.exists(opened));
            assertEquals(url + "\n", Files.readString(opened), Files.readString(log));
            for (int seed = 1; seed <= 2; seed++) {
                var entry = client.awaitHistory(client.submit(Recordings.prompt(seed, 64, 1)));
                assertEquals("success", Json.object(entry.get("status")).orElseThrow().get("status_str"));
            }
        } finally {
            process.destroy();
            process.waitFor();
        }
        assertEquals("", Files.readString(log));
    }

    private static List<Path> serverDirectories(Path servers) throws Exception {
        try (var found = Files.list(servers)) {
            return found.filter(each -> each.getFileName().toString().startsWith("comfyee-server-")).toList();
        }
    }

    @Test
    void usersAreKeptApart() throws Exception {
        var ann = addUser("Ann");
        var bob = addUser("Bob");
        assertEquals(400, server.post("/users", "{\"username\": \"Ann\"}").statusCode());
        assertEquals(Map.of(ann, "Ann", bob, "Bob"), Json.parseObject(server.get("/users").body()).get("users"));
        assertEquals(200, as(ann, "/settings", "{\"Comfy.Color\": \"dark\"}").statusCode());
        assertEquals("{\"Comfy.Color\": \"dark\"}", as(ann, "/settings", null).body());
        assertEquals("{}", as(bob, "/settings", null).body());
        assertEquals(401, as("nobody", "/settings", null).statusCode());
        assertEquals(403, as("nobody", "/v2/userdata", null).statusCode());
        assertEquals(200, as(ann, "/userdata/a.txt", "hello").statusCode());
        assertEquals(404, as(bob, "/userdata/a.txt", null).statusCode());
        assertEquals(403, as(bob, "/userdata/..%2F" + ann + "%2Fa.txt", null).statusCode());
    }

    private static String addUser(String name) throws Exception {
        return (String) Json.parse(server.post("/users", Json.write(Map.of("username", name))).body());
    }

    /** What a user gets, or is answered when sending something. */
    private static HttpResponse<String> as(String user, String path, String body) throws Exception {
        var request = server.client().request(path).header("comfy-user", user);
        return server.client().send(body == null ? request : request.POST(BodyPublishers.ofString(body)));
    }

    @Test
    void pagesOfOtherOriginsMayCall() throws Exception {
        var answer = server.client().send(server.client().request("/features").header("Origin", "http://other.example"));
        assertEquals(200, answer.statusCode());
        assertEquals("*", header(answer, "Access-Control-Allow-Origin"));
        assertEquals("true", header(answer, "Access-Control-Allow-Credentials"));
        assertTrue(header(answer, "Access-Control-Allow-Methods").contains("POST"));
        var preflight = server.client().send(server.client().request("/prompt").method("OPTIONS", BodyPublishers.noBody()));
        assertEquals(200, preflight.statusCode());
        assertEquals("", preflight.body());
    }
}

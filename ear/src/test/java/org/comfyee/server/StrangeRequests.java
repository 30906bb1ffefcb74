package org.comfyee.server;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.comfyee.workflow.json.Json;

/** Requests that no client should send, made from those that clients send by changing a few things. The same numbers give the same requests. */
final class StrangeRequests {
    private static final List<String> NAMES = List.of("", ".", "..", "../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x", "\\\\host\\share", "a.png", "pattern.png",
            "a [output]", " [temp]", "[input]", "x".repeat(3000), "ü", "\ud83d\ude00", "a\u0000b", "a\nb", "%", "%00", "%2e%2e%2f", "%252e", "%c0%af", "null", "true",
            "-1", "0", "1e309", "NaN", "99999999999999999999", "{}", "[]", "'\"<b>", "webp;90", "jpeg;x", "rgba", "CON", "~", "*", "?", "#", "a/b/../c", ".git",
            "checkpoints", "input", "output", "temp", "KSampler", "default");
    private static final List<String> HEADERS = List.of("Range", "If-None-Match", "If-Modified-Since", "If-Range", "Accept", "Prefer", "comfy-user", "Accept-Encoding",
            "Cookie", "X-Forwarded-For", "Accept-Language", "Content-Encoding", "Sec-Fetch-Site");
    private static final List<String> VALUES = List.of("bytes=0-", "bytes=-5", "bytes=9-1", "bytes=x", "*", "\"a\"", "Thu, 01 Jan 1970 00:00:00 GMT", "yesterday", "image/png",
            "application/json;q=0", "text/html, */*;q=0.1", ";;;", "respond-async", "gzip", "default", "../x", "__system", "a".repeat(2000));
    private static final List<String> TYPES = List.of("application/json", "application/json; charset=utf-16", "text/plain", "application/x-www-form-urlencoded",
            "multipart/form-data", "multipart/form-data; boundary=", "nonsense", "application/json+respond-async", "*/*");
    /** Where {@code *} stands, a name goes. */
    private static final List<String> READ = List.of("/", "/prompt", "/queue", "/history", "/history?max_items=*&offset=*", "/history/*", "/object_info", "/object_info/*",
            "/embeddings", "/extensions", "/features", "/system_stats", "/view?filename=*", "/view?filename=*&type=*&subfolder=*&preview=*&channel=*",
            "/view?filename=pattern.png&type=input&preview=*&channel=*", "/view_metadata/*?filename=*", "/models", "/models/*", "/experiment/models/*",
            "/experiment/models/preview/*/*/*", "/users", "/settings", "/settings/*", "/userdata?dir=*&recurse=*&split=*&full_info=*", "/userdata/*", "/v2/userdata?path=*",
            "/i18n", "/workflow_templates", "/workflow_templates/*/*", "/global_subgraphs/*", "/internal/logs", "/internal/logs/raw", "/internal/folder_paths",
            "/internal/files/*", "/api/v1/prompts", "/api/v1/prompts/*", "/api/jobs?status=*&sort_by=*&sort_order=*&limit=*&offset=*", "/api/jobs/*",
            "/api/assets?include_tags=*&metadata_filter=*&limit=*&offset=*&sort=*&order=*", "/api/assets/*", "/api/tags?prefix=*&limit=*", "/api/v1/workers", "/health",
            "/openapi.json", "/page/*", "/*", "/*/*", "/api/*", "/ws?clientId=*", "/WEB-INF/beans.xml", "/page/../WEB-INF/beans.xml");
    private static final List<String> WRITE = List.of("/prompt", "/prompt", "/prompt", "/prompt", "/queue", "/interrupt", "/free", "/history", "/settings", "/settings/*",
            "/users", "/userdata/*", "/userdata/*?overwrite=*&full_info=*", "/userdata/*/move/*?overwrite=*", "/api/v1/prompts", "/api/v1/prompts?prefer=*", "/upload/image",
            "/upload/mask", "/internal/logs/subscribe", "/api/jobs/*/cancel", "/api/jobs/cancel", "/*");
    private static final List<String> METHODS = List.of("POST", "POST", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "GET", "FOO");
    private static final List<Object> BODIES = List.<Object>of(
            Map.of("prompt", ApiTest.picture(255), "client_id", "fuzz", "extra_data", Map.of("extra_pnginfo", Map.of("workflow", Map.of("id", "1")))),
            Map.of("prompt", ApiTest.picture(0), "number", -1, "partial_execution_targets", List.of("2")),
            Map.of("prompt", ApiTest.drawing(64, 1), "front", true, "prompt_id", "fuzz"),
            Map.of("prompt", Map.of("1", Map.of("class_type", "LoadImage", "inputs", Map.of("image", "pattern.png")),
                    "2", Map.of("class_type", "PreviewImage", "inputs", Map.of("images", List.of("1", 0))))),
            ApiTest.picture(7), Map.of("clear", true, "delete", List.of("a")), Map.of("unload_models", true, "free_memory", true), Map.of("prompt_id", "a"), Map.of("job_ids", List.of("a", "b")),
            Map.of("Comfy.Color", "dark"), Map.of("username", "ann"), Map.of("clientId", "fuzz", "enabled", true),
            Map.of("filename", "pattern.png", "type", "input", "subfolder", "")).stream().map(StrangeRequests::ordered).toList();

    private final RandomGenerator random;

    StrangeRequests(RandomGenerator random) {
        this.random = random;
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    /** The next request, to a server at an address. */
    HttpRequest.Builder next(URI server) {
        boolean reads = once(2);
        var request = HttpRequest.newBuilder(uri(server, (once(3) ? "/api" : "") + filled(any(reads ? READ : WRITE))));
        while (once(3)) {
            request.setHeader(any(HEADERS), any(VALUES));
        }
        if (reads) {
            return once(10) ? request.method("HEAD", BodyPublishers.noBody()) : request.GET();
        }
        boolean form = once(3);
        var body = form ? form() : text().getBytes(StandardCharsets.UTF_8);
        if (once(6)) {
            body = damaged(body);
        }
        request.setHeader("Content-Type", form && !once(8) ? "multipart/form-data; boundary=x" : any(TYPES));
        var content = body;
        return request.method(any(METHODS), once(5)
                ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content)) : BodyPublishers.ofByteArray(content));
    }

    /** Text as a websocket client might send it. */
    String text() {
        if (once(12)) {
            return "[".repeat(1 + random.nextInt(20_000));
        }
        var body = changed(any(BODIES), once(3) ? 0 : 1 + random.nextInt(3));
        return Json.write(body);
    }

    private static URI uri(URI server, String path) {
        try {
            return URI.create(server + path);
        } catch (IllegalArgumentException e) {
            return URI.create(server + "/" + URLEncoder.encode(path, StandardCharsets.UTF_8));
        }
    }

    private String filled(String path) {
        var filled = new StringBuilder();
        for (var piece : path.split("(?<=\\*)|(?=\\*)")) {
            // Names are sent as they are where that makes an address, else encoded, once or twice.
            filled.append(!piece.equals("*") ? piece : once(6) ? any(NAMES).replaceAll("[^A-Za-z0-9.%/]", "") : encoded(any(NAMES)));
        }
        return filled.toString().replaceAll("%(?![0-9A-Fa-f]{2})", "%25");
    }

    private String encoded(String name) {
        var once = URLEncoder.encode(name, StandardCharsets.UTF_8);
        return once(5) ? URLEncoder.encode(once, StandardCharsets.UTF_8) : once;
    }

    /** The JDK gives the entries of {@code Map.of} another order in each process. */
    private static Object ordered(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                var ordered = new TreeMap<String, Object>();
                map.forEach((key, each) -> ordered.put((String) key, ordered(each)));
                yield ordered;
            }
            case List<?> list -> list.stream().map(StrangeRequests::ordered).toList();
            default -> value;
        };
    }

    /** A value with that many of its parts replaced, left out or wrapped. */
    private Object changed(Object value, int changes) {
        var result = value;
        for (int i = 0; i < changes; i++) {
            result = change(result, 0);
        }
        return result;
    }

    private Object change(Object value, int depth) {
        if (value instanceof Map<?, ?> map && !map.isEmpty() && !once(2 + depth * 3)) {
            var copy = new LinkedHashMap<String, Object>();
            map.forEach((key, each) -> copy.put((String) key, each));
            var key = any(new ArrayList<>(copy.keySet()));
            switch (random.nextInt(8)) {
                case 0 -> copy.remove(key);
                case 1 -> copy.put(any(NAMES), copy.remove(key));
                default -> copy.put(key, change(copy.get(key), depth + 1));
            }
            return copy;
        }
        if (value instanceof List<?> list && !list.isEmpty() && !once(3)) {
            var copy = new ArrayList<Object>(list);
            int index = random.nextInt(copy.size());
            copy.set(index, change(copy.get(index), depth + 1));
            return copy;
        }
        return strange();
    }

    /** Numbers are either tiny or beyond every range, so that no request makes the server draw something huge. */
    private Object strange() {
        return switch (random.nextInt(9)) {
            case 0 -> null;
            case 1 -> once(2);
            case 2 -> random.nextInt(-2, 3);
            case 3 -> any(List.of(1e300, -1e300, Long.MAX_VALUE, Long.MIN_VALUE, 0.5, 1L << 40));
            case 4 -> List.of();
            case 5 -> Map.of();
            case 6 -> List.of(any(NAMES), random.nextInt(-1, 3));
            case 7 -> Map.of("class_type", any(List.of("SaveImage", "LoadImage", "Nope", "PreviewImage")), "inputs", Map.of(any(NAMES), any(NAMES)));
            default -> any(NAMES);
        };
    }

    private byte[] form() {
        var form = new StringBuilder();
        var fields = List.of("image\"; filename=\"" + any(NAMES).replace("\n", ""), "subfolder", "type", "overwrite", "original_ref", "prompt", any(NAMES));
        for (int i = random.nextInt(5); i >= 0; i--) {
            var name = once(2) ? fields.getFirst() : any(fields);
            form.append("--x\r\nContent-Disposition: form-data; name=\"").append(name).append("\"\r\n");
            if (once(4)) {
                form.append("Content-Type: ").append(any(TYPES)).append("\r\n");
            }
            form.append("\r\n").append(once(2) ? any(NAMES) : text()).append("\r\n");
        }
        return form.append(once(10) ? "" : "--x--\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private byte[] damaged(byte[] body) {
        if (body.length == 0) {
            return new byte[] {(byte) random.nextInt(256)};
        }
        var damaged = new ByteArrayOutputStream();
        int cut = random.nextInt(body.length);
        damaged.writeBytes(Arrays.copyOf(body, cut));
        damaged.write(random.nextInt(256));
        damaged.writeBytes(Arrays.copyOfRange(body, once(2) ? cut : Math.min(body.length, cut + 1 + random.nextInt(4)), body.length));
        return once(4) ? Arrays.copyOf(body, cut) : damaged.toByteArray();
    }
}

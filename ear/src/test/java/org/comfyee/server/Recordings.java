package org.comfyee.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.comfyee.workflow.json.Json;

/** What a ComfyUI server answered, and how to compare with it: ids, times and the order of sets are accidents. */
final class Recordings {
    /** What differs from run to run, or between the languages of the servers. */
    private static final Set<String> ACCIDENTS =
            Set.of("prompt_id", "timestamp", "sid", "filename", "exception_message", "exception_type", "traceback", "number");
    private static final Set<String> SETS = Set.of("dependent_outputs", "executed", "current_outputs");

    private Recordings() {}

    private static String read(String name) {
        try (var stream = Recordings.class.getResourceAsStream("/golden/" + name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The recorded text to picture workflow with another seed, size and number of steps. */
    static Map<String, Object> prompt(int seed, int side, int steps) {
        var text = Json.write(execution("fresh").get("prompt"));
        return Json.parseObject(text.replace("\"width\": 64, \"height\": 64", "\"width\": " + side + ", \"height\": " + side)
                .replace("\"steps\": 4", "\"steps\": " + steps)
                .replace("\"seed\": 777", "\"seed\": " + seed));
    }

    static Map<String, Object> execution(String name) {
        return Json.parseObject(read("ws/" + name + ".json"));
    }

    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> exchanges() {
        return (List<Map<String, Object>>) (List<?>) Json.parse(read("exchanges.json"));
    }

    /** The files that were there when the recordings were made. */
    static void makeModels(Path directory) throws Exception {
        var models = directory.resolve("models/checkpoints");
        Files.createDirectories(models);
        try (var maker = RunningServer.start("comfyee", directory, "--make-test-checkpoint", models.resolve("tiny-sd15.safetensors").toString())) {
            maker.awaitEnd();
        }
        // A header that is no description of tensors.
        var header = "{\"a\": 1}        ".getBytes(StandardCharsets.UTF_8);
        var file = java.nio.ByteBuffer.allocate(8 + header.length).order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).array();
        Files.write(models.resolve("broken.safetensors"), file);
        Files.createDirectories(directory.resolve("input"));
        try (var pattern = Recordings.class.getResourceAsStream("/golden/pattern.png")) {
            Files.copy(pattern, directory.resolve("input/pattern.png"));
        }
    }

    /** Messages without accidents; of binary frames their kind. */
    static List<Object> comparable(List<?> frames) {
        return frames.stream().map(frame -> frame instanceof byte[] bytes ? (Object) ("binary " + bytes[3]) : withoutAccidents(frame)).toList();
    }

    static Object withoutAccidents(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                var kept = new TreeMap<String, Object>();
                map.forEach((key, each) -> {
                    var name = (String) key;
                    if (SETS.contains(name)) {
                        kept.put(name, each instanceof List<?> list ? list.stream().map(String::valueOf).sorted().toList() : each);
                    } else if (!ACCIDENTS.contains(name)) {
                        kept.put(name, withoutAccidents(each));
                    }
                });
                yield kept;
            }
            case List<?> list -> list.stream().map(Recordings::withoutAccidents).toList();
            case null, default -> value == null ? "null" : value;
        };
    }
}

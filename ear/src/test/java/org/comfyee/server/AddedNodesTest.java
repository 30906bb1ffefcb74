package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.comfyee.server.soak.NodeJar;
import org.comfyee.workflow.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients are told of nodes that a user has added: lists, inputs that are not computed, expansions, blocked nodes, changes. */
class AddedNodesTest {
    private static final String COUNTED = """
            {"1": {"class_type": "TrialCount", "inputs": {"value": %d}},
             "2": {"class_type": "%s", "inputs": {"any": ["1", 0]}},
             "3": {"class_type": "TrialShow", "inputs": {"any": ["2", 0]}}}""";

    @TempDir
    private static Path directory;

    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        NodeJar.write(directory, "trial.jar", TrialNodes.ALL);
        server = RunningServer.start("comfyee", directory).awaitReady();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** What a client was told of a prompt, and the prompt's entry in the history. */
    private record Told(List<Map<String, Object>> messages, Map<String, Object> entry) {

        /** The nodes by their messages: {@code executing 2.0.0.1 for 2}. */
        List<String> nodes(String type) {
            return messages.stream().filter(message -> message.get("type").equals(type))
                    .map(message -> Json.object(message.get("data")).orElseThrow())
                    .filter(data -> data.get("node") != null)
                    .map(data -> data.get("node").equals(data.get("display_node")) ? (String) data.get("node") : data.get("node") + " for " + data.get("display_node"))
                    .toList();
        }

        Map<String, Object> last(String type) {
            return Json.object(messages.stream().filter(message -> message.get("type").equals(type)).toList().getLast().get("data")).orElseThrow();
        }

        boolean has(String type) {
            return messages.stream().anyMatch(message -> message.get("type").equals(type));
        }

        Map<String, Object> outputs() {
            return Json.object(entry.get("outputs")).orElseThrow();
        }

        String status() {
            return (String) Json.object(entry.get("status")).orElseThrow().get("status_str");
        }

        List<String> events() {
            return ((List<?>) Json.object(entry.get("status")).orElseThrow().get("messages")).stream().map(pair -> (String) ((List<?>) pair).getFirst()).toList();
        }
    }

    private static Told run(String prompt) throws Exception {
        try (var client = server.connect("trial")) {
            client.until("status");
            var id = client.submit(Json.parseObject(prompt));
            var messages = new ArrayList<Map<String, Object>>();
            client.untilEnd().forEach(frame -> messages.add(Json.object(frame).orElseThrow()));
            return new Told(messages, server.awaitHistory(id));
        }
    }

    private static Map<String, Object> text(Object... texts) {
        return Map.of("text", List.of(texts));
    }

    @Test
    void listsAreTakenElementByElementOrAsAWhole() throws Exception {
        assertEquals(text("6"), run(COUNTED.formatted(4, "TrialSum")).outputs().get("3"));
        var each = run("""
                {"1": {"class_type": "TrialCount", "inputs": {"value": 3}}, "2": {"class_type": "TrialShow", "inputs": {"any": ["1", 0]}}}""");
        assertEquals(text("0", "1", "2"), each.outputs().get("2"));
        assertEquals(List.of("2"), each.nodes("executed"));
    }

    @Test
    void onlyTheInputThatIsWantedIsComputed() throws Exception {
        var told = run("""
                {"1": {"class_type": "TrialNumber", "inputs": {"value": 11}},
                 "2": {"class_type": "TrialNumber", "inputs": {"value": 12}},
                 "3": {"class_type": "TrialChoose", "inputs": {"which": 2, "first": ["1", 0], "second": ["2", 0]}},
                 "4": {"class_type": "TrialShow", "inputs": {"any": ["3", 0]}}}""");
        assertEquals(text("12"), told.outputs().get("4"));
        assertEquals(List.of("3", "2", "3", "4"), told.nodes("executing"));
        assertEquals(List.of("4"), told.nodes("executed"));
    }

    @Test
    void expandedNodesAreShownAsTheOneThatTheyComeFrom() throws Exception {
        var told = run(COUNTED.formatted(2, "TrialGrow"));
        assertEquals(text("0", "1"), told.outputs().get("3"));
        var executing = told.nodes("executing");
        assertEquals(List.of("1", "2"), executing.subList(0, 2));
        assertEquals(List.of("2.0.0.1 for 2", "2.0.0.2 for 2", "2.1.0.1 for 2", "2.1.0.2 for 2"), executing.stream().filter(each -> each.startsWith("2.")).sorted().toList());
        // The node that expanded goes on without a word when its inner nodes are done.
        assertEquals(1, executing.stream().filter("2"::equals).count());
        assertEquals(List.of("2.0.0.2 for 2", "2.1.0.2 for 2", "3"), told.nodes("executed").stream().sorted().toList());
        assertEquals(text("1"), told.outputs().get("2.1.0.2"));
        assertEquals(Map.of("node_id", "2.1.0.2", "display_node", "2", "parent_node", "2", "real_node_id", "2"),
                Json.object(told.entry().get("meta")).orElseThrow().get("2.1.0.2"));
        var states = Json.object(told.last("progress_state").get("nodes")).orElseThrow();
        var inner = Json.object(states.get("2.1.0.1")).orElseThrow();
        assertEquals(List.of("2", "2", "2", "finished"),
                List.of(inner.get("display_node_id"), inner.get("parent_node_id"), inner.get("real_node_id"), inner.get("state")));
        var again = run(COUNTED.formatted(2, "TrialGrow"));
        assertEquals(List.of("1", "2", "3"), again.last("execution_cached").get("nodes"));
        assertEquals(List.of("3"), again.nodes("executed"));
        assertEquals(List.of(), again.nodes("executing"));
    }

    @Test
    void aFailureInAnExpansionIsThatOfTheNodeInThePrompt() throws Exception {
        var told = run("""
                {"1": {"class_type": "TrialNumber", "inputs": {"value": 5}},
                 "2": {"class_type": "TrialGrow", "inputs": {"any": -5}},
                 "3": {"class_type": "TrialShow", "inputs": {"any": ["2", 0]}}}""");
        assertEquals("error", told.status());
        var error = told.last("execution_error");
        assertEquals(List.of("2", "TrialGrow", "the number is negative\n", "IllegalStateException", Map.of("value", List.of(-5L))),
                List.of(error.get("node_id"), error.get("node_type"), error.get("exception_message"), error.get("exception_type"), error.get("current_inputs")));
        assertTrue(((List<?>) error.get("current_outputs")).containsAll(List.of("1", "2", "3")), error::toString);
    }

    @Test
    void whatIsBlockedIsToldOnceAndThePromptSucceeds() throws Exception {
        var prompt = """
                {"1": {"class_type": "TrialBlock", "inputs": {"reason": "%s"}},
                 "2": {"class_type": "TrialSum", "inputs": {"any": ["1", 0]}},
                 "3": {"class_type": "TrialShow", "inputs": {"any": ["2", 0]}}}""";
        var told = run(prompt.formatted("no picture"));
        assertEquals("success", told.status());
        assertEquals(List.of("execution_start", "execution_cached", "execution_success"), told.events());
        assertEquals(Map.of(), told.outputs());
        assertEquals(List.of(), told.nodes("executed"));
        assertEquals(1, told.messages().stream().filter(message -> message.get("type").equals("execution_error")).count());
        var error = told.last("execution_error");
        assertEquals(List.of("prompt_id", "node_id", "node_type", "executed", "exception_message", "exception_type", "traceback", "current_inputs", "current_outputs"),
                List.copyOf(error.keySet()));
        assertEquals(List.of("2", "TrialSum", "Execution Blocked: no picture", "ExecutionBlocked"),
                List.of(error.get("node_id"), error.get("node_type"), error.get("exception_message"), error.get("exception_type")));
        assertTrue(!run(prompt.formatted("")).has("execution_error"));
    }

    @Test
    void aNodeRunsAgainWhenWhatItReadsHasChanged() throws Exception {
        var file = Files.createDirectories(directory.resolve("input")).resolve("watched.txt");
        var prompt = """
                {"1": {"class_type": "TrialWatch", "inputs": {"file": "watched.txt"}}, "2": {"class_type": "TrialShow", "inputs": {"any": ["1", 0]}}}""";
        Files.writeString(file, "old");
        assertEquals(List.of("1", "2"), run(prompt).nodes("executing"));
        assertEquals(List.of(), run(prompt).nodes("executing"));
        Files.writeString(file, "new");
        var told = run(prompt);
        assertEquals(List.of("1", "2"), told.nodes("executing"));
        assertEquals(text("new"), told.outputs().get("2"));
        var refused = server.post("/prompt", Json.write(Map.of("prompt", Json.parseObject(prompt.replace("watched", "missing")))));
        assertEquals(400, refused.statusCode());
        var errors = Json.object(Json.object(Json.parseObject(refused.body()).get("node_errors")).orElseThrow().get("1")).orElseThrow();
        assertEquals(Json.parse("""
                [{"type": "custom_validation_failed", "message": "Custom validation failed for node", "details": "file - there is no such file",
                  "extra_info": {"input_name": "file"}}]"""), errors.get("errors"));
    }
}

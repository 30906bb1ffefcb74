package org.comfyee.workflow.execution;

import static org.comfyee.workflow.node.NodeDefinition.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.graph.PromptValidator;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.node.Blocker;
import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Hidden;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.NodeRegistry;
import org.comfyee.workflow.node.OutOfMemoryException;
import org.comfyee.workflow.node.Output;
import org.comfyee.workflow.node.Outputs;
import org.junit.jupiter.api.Test;

/** The rules of execution, with nodes made for them. */
class WorkflowExecutorTest {
    private static final Input<Integer> VALUE = Input.integer("value").defaultTo(0);
    private static final Input<Object> ANY = Input.of("any", DataType.ANY);
    private static final Input<Object> LAZY = Input.of("lazy", DataType.ANY).lazy();

    private final List<String> ran = new ArrayList<>();
    private final List<WorkflowEvent.Message> messages = new ArrayList<>();
    private final Interrupt interrupt = new Interrupt();

    private final class Recorded implements Node {
        private final NodeDefinition definition;
        private final BiFunction<Inputs, NodeContext, Outputs> body;

        Recorded(NodeDefinition definition, BiFunction<Inputs, NodeContext, Outputs> body) {
            this.definition = definition;
            this.body = body;
        }

        @Override
        public NodeDefinition definition() {
            return definition;
        }

        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            ran.add(context.nodeId());
            return body.apply(inputs, context);
        }

        @Override
        public Object fingerprint(Inputs constants, Folders folders) {
            return definition.name().equals("Block") ? "blocked" : false;
        }

        @Override
        public Set<String> neededLazyInputs(Inputs inputs) {
            return inputs.find(VALUE).filter(value -> value > 0).isPresent() ? Set.of("lazy") : Set.of();
        }
    }

    private final NodeRegistry registry = NodeRegistry.of(List.of(
            new Recorded(node("Number").inputs(VALUE).outputs(DataType.INT).build(), (in, _) -> Outputs.of((long) in.get(VALUE))),
            new Recorded(node("Count").inputs(VALUE).outputs(Output.of(DataType.INT).asList()).build(),
                    (in, _) -> Outputs.of(java.util.stream.LongStream.range(0, in.get(VALUE)).boxed().toList())),
            new Recorded(node("Double").inputs(ANY).outputs(DataType.INT).build(), (in, _) -> Outputs.of(2 * (Long) in.get(ANY))),
            new Recorded(node("Show").inputs(ANY).outputNode().build(), (in, _) -> Outputs.ui(Map.of("text", List.of(in.get(ANY))))),
            new Recorded(node("Pick").inputs(VALUE, LAZY).outputs(DataType.ANY).build(), (in, _) -> Outputs.of(in.find(LAZY).orElse(-1L))),
            new Recorded(node("Block").inputs(ANY).outputs(DataType.ANY).build(), (_, _) -> Outputs.of(new Blocker(Optional.of("not today")))),
            new Recorded(node("Fail").inputs(ANY).outputs(DataType.ANY).build(), (_, _) -> {
                throw new IllegalStateException("this node fails");
            }),
            new Recorded(node("Save").inputs(ANY).hidden(Hidden.PROMPT, Hidden.EXTRA_PNGINFO, Hidden.UNIQUE_ID).outputNode().build(), (_, _) -> {
                throw new IllegalStateException("no room");
            }),
            new Recorded(node("Stop").inputs(ANY).outputs(DataType.INT, DataType.INT).build(), (_, _) -> Outputs.of(Blocker.SILENT)),
            new Recorded(node("Lack").inputs(ANY).outputs(DataType.ANY).build(), (_, _) -> {
                throw new NoClassDefFoundError("some/library/Missing");
            }),
            new Recorded(node("Exhaust").inputs(ANY).outputs(DataType.ANY).build(), (_, _) -> {
                throw new OutOfMemoryException("4 GB are free, 5 were asked for", null);
            }),
            new Recorded(node("Expand").inputs(ANY).outputs(DataType.ANY).build(), (in, context) -> Outputs.expand(
                    Map.of(context.nodeId() + ".1", Map.of("class_type", "Number", "inputs", Map.of("value", 7L))),
                    List.of(context.nodeId() + ".1", 0L))),
            new Recorded(node("Both").inputs(ANY).outputs(DataType.INT, DataType.INT).build(), (in, context) -> {
                var expansion = context.expansion();
                var number = expansion.add("Number", Map.of("value", in.get(ANY)));
                var twice = expansion.add("Double", Map.of("any", number.toJson()), "3");
                return expansion.outputs(number.toJson(), twice.toJson());
            }),
            new Recorded(node("Told").inputs(ANY).outputNode().build(), (_, context) -> Outputs.ui(Map.of("text", List.of(context.prompt())))),
            new Recorded(node("Steps").inputs(ANY).outputs(DataType.ANY).build(), (in, context) -> {
                context.progress(1, 2, Optional.empty());
                interrupt.raise();
                context.progress(2, 2, Optional.empty());
                return Outputs.of(in.get(ANY));
            })));

    private final Folders folders = Folders.of(Path.of("target"));

    private WorkflowExecutor executor(OutputCache cache) {
        return new WorkflowExecutor(registry, folders, cache, Node::run, Map.of());
    }

    private ExecutionResult run(WorkflowExecutor executor, String json) {
        ran.clear();
        messages.clear();
        var checked = new PromptValidator(registry, folders).validate(Json.parseObject(json), Optional.empty());
        assertTrue(checked.isAccepted(), () -> checked.error() + " " + checked.nodeErrors());
        return executor.execute(new ExecutionRequest("id", checked.prompt(), Map.of(), checked.goodOutputs()), event -> {
            if (event instanceof WorkflowEvent.Message message) {
                messages.add(message);
            }
        }, interrupt);
    }

    private static Object shown(ExecutionResult result, String node) {
        return Json.object(result.outputs().get(node)).orElseThrow().get("text");
    }

    private Optional<WorkflowEvent.Message> message(String type) {
        return messages.stream().filter(message -> message.type().equals(type)).findFirst();
    }

    @Test
    void listsAreMappedElementByElement() {
        var result = run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Count", "inputs": {"value": 3}},
                 "2": {"class_type": "Double", "inputs": {"any": ["1", 0]}},
                 "3": {"class_type": "Show", "inputs": {"any": ["2", 0]}}}""");
        assertEquals(List.of(0L, 2L, 4L), shown(result, "3"));
    }

    @Test
    void onlyWhatChangedRunsAgain() {
        var executor = executor(OutputCache.classic());
        var prompt = """
                {"1": {"class_type": "Number", "inputs": {"value": 3}},
                 "2": {"class_type": "Number", "inputs": {"value": %d}},
                 "3": {"class_type": "Show", "inputs": {"any": ["1", 0]}},
                 "4": {"class_type": "Show", "inputs": {"any": ["2", 0]}}}""";
        run(executor, prompt.formatted(1));
        assertEquals(4, ran.size());
        run(executor, prompt.formatted(2));
        assertEquals(List.of("2", "4"), ran);
        run(executor, prompt.formatted(2));
        assertEquals(List.of(), ran);
        run(executor(OutputCache.none()), prompt.formatted(2));
        assertEquals(4, ran.size());
    }

    @Test
    void theCacheOfRecentResultsRemembersOlderPrompts() {
        var executor = executor(OutputCache.leastRecentlyUsed(10));
        var prompt = """
                {"1": {"class_type": "Number", "inputs": {"value": %d}}, "2": {"class_type": "Show", "inputs": {"any": ["1", 0]}}}""";
        run(executor, prompt.formatted(1));
        run(executor, prompt.formatted(2));
        run(executor, prompt.formatted(1));
        assertEquals(List.of(), ran);
    }

    @Test
    void lazyInputsAreComputedOnlyIfWanted() {
        var prompt = """
                {"1": {"class_type": "Number", "inputs": {"value": 5}},
                 "2": {"class_type": "Pick", "inputs": {"value": %d, "lazy": ["1", 0]}},
                 "3": {"class_type": "Show", "inputs": {"any": ["2", 0]}}}""";
        assertEquals(List.of(-1L), shown(run(executor(OutputCache.classic()), prompt.formatted(0)), "3"));
        assertFalse(ran.contains("1"));
        assertEquals(List.of(5L), shown(run(executor(OutputCache.classic()), prompt.formatted(1)), "3"));
    }

    @Test
    void anExpandedNodeGivesWhatItsExpansionGives() {
        var result = run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Number", "inputs": {"value": 5}},
                 "2": {"class_type": "Expand", "inputs": {"any": ["1", 0]}},
                 "3": {"class_type": "Show", "inputs": {"any": ["2", 0]}}}""");
        assertEquals(List.of(7L), shown(result, "3"));
        assertTrue(messages.stream().anyMatch(message -> message.type().equals("executing")
                && "2.1".equals(message.data().get("node")) && "2".equals(message.data().get("display_node"))));
    }

    @Test
    void eachCallOverAListHasAnExpansionOfItsOwn() {
        for (var cache : List.of(OutputCache.classic(), OutputCache.none())) {
            var result = run(executor(cache), """
                    {"1": {"class_type": "Count", "inputs": {"value": 3}},
                     "2": {"class_type": "Both", "inputs": {"any": ["1", 0]}},
                     "3": {"class_type": "Show", "inputs": {"any": ["2", 0]}},
                     "4": {"class_type": "Show", "inputs": {"any": ["2", 1]}}}""");
            assertEquals(List.of(0L, 1L, 2L), shown(result, "3"));
            assertEquals(List.of(0L, 2L, 4L), shown(result, "4"));
            assertTrue(ran.containsAll(List.of("2.0.0.1", "2.1.0.1", "2.2.0.2")), ran::toString);
            assertTrue(messages.stream().anyMatch(message -> message.type().equals("executing")
                    && "2.2.0.2".equals(message.data().get("node")) && "3".equals(message.data().get("display_node"))));
        }
    }

    @Test
    void nodesAreToldWhatOthersToldOfTheirChanges() {
        var result = run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Number", "inputs": {"value": 5}},
                 "2": {"class_type": "Block", "inputs": {"any": ["1", 0]}},
                 "3": {"class_type": "Told", "inputs": {"any": ["1", 0]}}}""");
        assertEquals(Json.parse("""
                [{"1": {"class_type": "Number", "inputs": {"value": 5}},
                  "2": {"class_type": "Block", "inputs": {"any": ["1", 0]}, "is_changed": ["blocked"]},
                  "3": {"class_type": "Told", "inputs": {"any": ["1", 0]}}}]"""), shown(result, "3"));
    }

    @Test
    void aBlockedNodeIsSkippedAndTold() {
        var result = run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Number", "inputs": {"value": 5}},
                 "2": {"class_type": "Block", "inputs": {"any": ["1", 0]}},
                 "3": {"class_type": "Show", "inputs": {"any": ["2", 0]}}}""");
        assertTrue(result.success());
        assertFalse(ran.contains("3"));
        assertEquals("Execution Blocked: not today", message("execution_error").orElseThrow().data().get("exception_message"));
    }

    @Test
    void aFailingNodeEndsThePromptWithItsReason() {
        var result = run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Number", "inputs": {"value": 5}},
                 "2": {"class_type": "Fail", "inputs": {"any": ["1", 0]}},
                 "3": {"class_type": "Show", "inputs": {"any": ["2", 0]}}}""");
        assertFalse(result.success());
        var error = message("execution_error").orElseThrow().data();
        assertEquals("2", error.get("node_id"));
        assertEquals("Fail", error.get("node_type"));
        assertEquals("this node fails\n", error.get("exception_message"));
        assertEquals(Map.of("any", List.of(5L)), error.get("current_inputs"));
    }

    /** A jar of nodes may lack what it needs, which is told only when a class is first used. */
    @Test
    void aNodeWithoutItsClassesEndsThePromptNotTheExecutor() {
        var result = run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Number", "inputs": {"value": 5}},
                 "2": {"class_type": "Lack", "inputs": {"any": ["1", 0]}},
                 "3": {"class_type": "Show", "inputs": {"any": ["2", 0]}}}""");
        assertFalse(result.success());
        var error = message("execution_error").orElseThrow().data();
        assertEquals("2", error.get("node_id"));
        assertEquals("NoClassDefFoundError", error.get("exception_type"));
        assertEquals("some/library/Missing\n", error.get("exception_message"));
    }

    @Test
    void aFailingNodeIsToldOfWithAllThatItWasHanded() {
        run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Save", "inputs": {"any": {"__value__": ["a", true]}}}}""");
        assertEquals("{\"any\": [\"['a', True]\"], \"prompt\": [\"{'1': {'class_type': 'Save', 'inputs': {'any': ['a', True]}}}\"], "
                + "\"extra_pnginfo\": [null], \"unique_id\": [\"1\"]}", Json.write(message("execution_error").orElseThrow().data().get("current_inputs")));
    }

    @Test
    void aLinkToAnInputThatANodeHasNotFailsWhenTheNodeBegins() {
        var result = run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Number", "inputs": {"value": 5}},
                 "2": {"class_type": "Show", "inputs": {"any": ["1", 0], "more": ["1", 0]}}}""");
        assertFalse(result.success());
        assertEquals(List.of("1", "2"), messages.stream().filter(each -> each.type().equals("executing")).map(each -> each.data().get("node")).toList());
        var error = message("execution_error").orElseThrow().data();
        assertEquals("Show got an unexpected input 'more'\n", error.get("exception_message"));
        assertEquals(Map.of("any", List.of(5L), "more", List.of(5L)), error.get("current_inputs"));
        assertEquals(List.of("1"), ran);
    }

    @Test
    void aNodeThatNothingNeedsMayLackInputs() {
        var result = run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Number", "inputs": {"value": 5}}, "2": {"class_type": "Show", "inputs": {"any": ["1", 0]}},
                 "3": {"class_type": "Number"}, "4": {"class_type": "Double", "inputs": {"any": ["3", 0]}}}""");
        assertTrue(result.success());
        assertEquals(List.of("1", "2"), ran);
    }

    @Test
    void aBlockerAloneStandsForAllOutputs() {
        var result = run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Number", "inputs": {"value": 5}}, "2": {"class_type": "Stop", "inputs": {"any": ["1", 0]}},
                 "3": {"class_type": "Show", "inputs": {"any": ["2", 1]}}}""");
        assertTrue(result.success());
        assertEquals(List.of("1", "2"), ran);
    }

    @Test
    void lackOfMemoryHasTheNameThatClientsKnow() {
        var result = run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Number", "inputs": {"value": 5}},
                 "2": {"class_type": "Exhaust", "inputs": {"any": ["1", 0]}},
                 "3": {"class_type": "Show", "inputs": {"any": ["2", 0]}}}""");
        assertFalse(result.success());
        var error = message("execution_error").orElseThrow().data();
        assertEquals("torch.OutOfMemoryError", error.get("exception_type"));
        assertTrue(String.valueOf(error.get("exception_message")).startsWith("4 GB are free, 5 were asked for\n"));
    }

    @Test
    void anInterruptEndsThePromptAtTheNextStep() {
        var result = run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Number", "inputs": {"value": 5}},
                 "2": {"class_type": "Steps", "inputs": {"any": ["1", 0]}},
                 "3": {"class_type": "Show", "inputs": {"any": ["2", 0]}}}""");
        assertEquals("error", result.statusText());
        assertEquals("2", message("execution_interrupted").orElseThrow().data().get("node_id"));
        assertEquals(List.of("1", "2"), ran);
    }

    @Test
    void anInterruptThatComesBeforeTheFirstNodeIsNotForgotten() {
        interrupt.raise();
        var result = run(executor(OutputCache.classic()), """
                {"1": {"class_type": "Number", "inputs": {"value": 5}},
                 "2": {"class_type": "Show", "inputs": {"any": ["1", 0]}}}""");
        assertFalse(result.success());
        assertEquals("1", message("execution_interrupted").orElseThrow().data().get("node_id"));
        assertEquals(List.of(), ran);
    }
}

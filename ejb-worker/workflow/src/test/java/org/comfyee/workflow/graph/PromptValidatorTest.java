package org.comfyee.workflow.graph;

import static org.comfyee.workflow.node.NodeDefinition.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.node.DataType;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.NodeRegistry;
import org.comfyee.workflow.node.Outputs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of prompts that cannot run, word by word. */
class PromptValidatorTest {
    /** Nodes that are only looked at. */
    private record Declared(NodeDefinition definition) implements Node {
        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            throw new IllegalStateException("nothing runs here");
        }
    }

    /** A node that checks its input itself. */
    private record Choosy(NodeDefinition definition) implements Node {
        @Override
        public Outputs run(Inputs inputs, NodeContext context) {
            throw new IllegalStateException("nothing runs here");
        }

        @Override
        public Set<String> validatedInputs() {
            return Set.of("file");
        }

        @Override
        public Optional<String> validate(Inputs constants, Folders folders) {
            return Optional.of("no such file");
        }
    }

    private final NodeRegistry registry = NodeRegistry.of(List.of(
            new Declared(node("Number").inputs(Input.integer("value").defaultTo(1).range(1, 9)).outputs(DataType.INT).build()),
            new Declared(node("Text").inputs(Input.string("text")).outputs(DataType.STRING).build()),
            new Declared(node("Choice").schema().inputs(Input.combo("way", List.of("up", "down"))).outputNode().build()),
            new Declared(node("Old").inputs(Input.combo("way", List.of("up", "down"))).outputNode().build()),
            new Declared(node("Ways").outputs(new DataType<>("COMBO", String.class)).build()),
            new Declared(node("Typed").schema().outputs(DataType.INT).build()),
            new Choosy(node("Picky").inputs(Input.integer("count"), Input.combo("file", List.of())).outputs(DataType.INT).build()),
            new Choosy(node("Choosy").inputs(Input.string("file"), Input.integer("count").range(1, 9)).outputs(DataType.INT).build()),
            new Declared(node("Show").inputs(Input.of("number", DataType.INT)).outputNode().build())));

    private ValidationResult validate(String json, Optional<Set<String>> targets) {
        return new PromptValidator(registry, Folders.of(Path.of("target"))).validate(Json.parseObject(json), targets);
    }

    private ValidationResult validate(String json) {
        return validate(json, Optional.empty());
    }

    private static String prompt(String value, String link) {
        return """
                {"1": {"class_type": "Number", "inputs": {"value": %s}}, "2": {"class_type": "Text", "inputs": {"text": "a"}},
                 "3": {"class_type": "Show", "inputs": {"number": %s}}, "4": {"class_type": "Typed", "inputs": {}}}""".formatted(value, link);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "0 | ['1', 0] | 1 | value_smaller_than_min | value",
        "10 | ['1', 0] | 1 | value_bigger_than_max | value",
        "'x' | ['1', 0] | 1 | invalid_input_type | value, x, invalid literal for int() with base 10: 'x'",
        "[] | ['1', 0] | 1 | bad_linked_input | value",
        "1 | ['1'] | 3 | bad_linked_input | number",
        "1 | ['2', 0] | 3 | return_type_mismatch | number, received_type(STRING) mismatch input_type(INT)",
        "1 | ['7', 0] | 3 | exception_during_validation | '7'",
        "1 | [1, 0] | 3 | exception_during_validation | 1",
        "1 | [['1'], 0] | 3 | exception_during_validation | unhashable type: 'list'",
        "1 | ['1', 1] | 3 | exception_during_validation | tuple index out of range",
        "1 | ['1', 4294967296] | 3 | exception_during_validation | tuple index out of range",
        "1 | ['1', -18446744073709551616] | 3 | exception_during_validation | tuple index out of range",
        "1 | ['1', -2] | 3 | exception_during_validation | tuple index out of range",
        "1 | ['1', 'a'] | 3 | exception_during_validation | tuple indices must be integers or slices, not str",
        "1 | ['1', 0.5] | 3 | exception_during_validation | tuple indices must be integers or slices, not float",
        "1 | ['4', 1] | 3 | exception_during_validation | list index out of range",
        "1 | ['4', null] | 3 | exception_during_validation | list indices must be integers or slices, not NoneType",
        "'\\u0001' | ['1', 0] | 1 | invalid_input_type | value, \u0001, invalid literal for int() with base 10: '\\x01'",
        "['7', 0] | ['1', 0] | 1 | exception_during_inner_validation | '7'"})
    void whatIsWrongIsToldAtItsNode(String value, String link, String node, String type, String details) {
        var result = validate(prompt(value.replace('\'', '"'), link.replace('\'', '"')));
        assertFalse(result.isAccepted());
        assertEquals("prompt_outputs_failed_validation", result.error().orElseThrow().get("type"));
        var blamed = Json.object(result.nodeErrors().get(node)).orElseThrow();
        var error = Json.object(((List<?>) blamed.get("errors")).getFirst()).orElseThrow();
        assertEquals(List.of(type, details), List.of(error.get("type"), error.get("details")));
        assertEquals(List.of("3"), blamed.get("dependent_outputs"));
    }

    @ParameterizedTest
    @CsvSource({"'5', 5", "5.9, 5", "true, 1", "' 1_0 ', 10"})
    void constantsBecomeWhatTheirInputsTake(String value, long converted) {
        var json = value.matches("[0-9. _]+|true") && !value.contains(" ") ? value : '"' + value + '"';
        var result = validate(prompt(json, "[\"1\", 0]"));
        var changed = Json.object(Json.object(result.prompt().get("1")).orElseThrow().get("inputs")).orElseThrow();
        assertEquals(converted, changed.get("value"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'inputs': {}} | a node is missing the class_type property", "5 | a node is missing the class_type property",
        "{'class_type': null} | node None does not exist", "{'class_type': 5} | node 5 does not exist",
        "{'class_type': ''} | node  does not exist", "{'class_type': ['Show']} | node ['Show'] does not exist"})
    void nodesWithoutAClassAreToldFromThoseOfNone(String node, String reason) {
        var result = validate("{\"1\": " + node.replace('\'', '"') + "}");
        assertEquals(Map.of("type", "invalid_prompt", "message", "Cannot execute because " + reason + ".", "details", "Node ID '#1'", "extra_info", Map.of()),
                result.error().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"'left' | way: 'left' not in ['up', 'down']", "['1', 0] | way, received_type(INT) mismatch input_type(COMBO)"})
    void inputsOfSchemasAreToldOfAsTheSchemaPublishesThem(String value, String details) {
        var result = validate("""
                {"1": {"class_type": "Number", "inputs": {"value": 5}}, "2": {"class_type": "Choice", "inputs": {"way": %s}}}"""
                .formatted(value.replace('\'', '"')));
        var error = Json.object(((List<?>) Json.object(result.nodeErrors().get("2")).orElseThrow().get("errors")).getFirst()).orElseThrow();
        assertEquals(details, error.get("details"));
        assertEquals("[\"COMBO\", {\"multiselect\": false, \"options\": [\"up\", \"down\"]}]",
                Json.write(Json.object(error.get("extra_info")).orElseThrow().get("input_config")));
    }

    @Test
    void aChoiceOfANewerDefinitionMayBeLinked() {
        var prompt = """
                {"1": {"class_type": "Ways", "inputs": {}}, "2": {"class_type": "%s", "inputs": {"way": ["1", 0]}}}""";
        assertTrue(validate(prompt.formatted("Choice")).isAccepted());
        assertFalse(validate(prompt.formatted("Old")).isAccepted());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "'file': 'a', 'count': 1 | custom_validation_failed | file - no such file",
        "'count': 0 | exception_during_inner_validation | Choosy.VALIDATE_INPUTS() missing 1 required positional argument: 'file'",
        "'file': 'a' | required_input_missing, custom_validation_failed | count, file - no such file"})
    void aNodeThatChecksItselfIsAskedIfItCanBe(String inputs, String type, String details) {
        var result = validate("""
                {"1": {"class_type": "Choosy", "inputs": {%s}}, "2": {"class_type": "Show", "inputs": {"number": ["1", 0]}}}"""
                .formatted(inputs.replace('\'', '"')));
        var errors = (List<?>) Json.object(result.nodeErrors().get("1")).orElseThrow().get("errors");
        assertEquals(type, told(errors, "type"));
        assertEquals(details, told(errors, "details"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"5 | int", "null | NoneType", "{} | dict", "1.5 | float"})
    void aNodeThatChecksTheNameOfAFileTakesNothingElse(String value, String type) {
        var result = validate("""
                {"1": {"class_type": "Picky", "inputs": {"count": 1, "file": %s}}, "2": {"class_type": "Show", "inputs": {"number": ["1", 0]}}}"""
                .formatted(value));
        var errors = (List<?>) Json.object(result.nodeErrors().get("1")).orElseThrow().get("errors");
        assertEquals("exception_during_inner_validation", told(errors, "type"));
        assertEquals("'" + type + "' object has no attribute 'endswith'", told(errors, "details"));
    }

    @Test
    void nodesAreToldOfInTheOrderInWhichTheyAreDone() {
        var result = validate("""
                {"3": {"class_type": "Show", "inputs": {"number": ["2", 0]}},
                 "2": {"class_type": "Choosy", "inputs": {"file": "a", "count": ["1", 0]}}, "1": {"class_type": "Number", "inputs": {"value": 0}}}""");
        assertEquals(List.of("1", "2"), List.copyOf(result.nodeErrors().keySet()));
    }

    @Test
    void aChainThatIsTooLongIsAnErrorOfValidation() {
        var nodes = new StringBuilder("{\"0\": {\"class_type\": \"Number\", \"inputs\": {\"value\": 1}}");
        for (int i = 1; i < 30_000; i++) {
            nodes.append(", \"%d\": {\"class_type\": \"Number\", \"inputs\": {\"value\": [\"%d\", 0]}}".formatted(i, i - 1));
        }
        var result = validate(nodes + ", \"last\": {\"class_type\": \"Show\", \"inputs\": {\"number\": [\"29999\", 0]}}}");
        var errors = (List<?>) Json.object(result.nodeErrors().get("last")).orElseThrow().get("errors");
        assertEquals("maximum recursion depth exceeded", told(errors, "details"));
    }

    private static String told(List<?> errors, String property) {
        return errors.stream().map(error -> (String) Json.object(error).orElseThrow().get(property)).collect(Collectors.joining(", "));
    }

    @Test
    void negativeSlotsCountFromTheEnd() {
        assertTrue(validate(prompt("5", "[\"1\", -1]")).isAccepted());
    }

    @Test
    void goodOutputsRunWithoutTheBadOnes() {
        var result = validate("""
                {"1": {"class_type": "Number", "inputs": {"value": 5}}, "2": {"class_type": "Show", "inputs": {"number": ["1", 0]}},
                 "3": {"class_type": "Show", "inputs": {}}}""");
        assertTrue(result.isAccepted());
        assertEquals(List.of("2"), result.goodOutputs());
        assertEquals(Set.of("3"), result.nodeErrors().keySet());
    }

    @Test
    void onlyTheTargetsAreOutputs() {
        var json = prompt("5", "[\"1\", 0]");
        assertEquals(List.of("3"), validate(json, Optional.of(Set.of("3"))).goodOutputs());
        assertEquals("prompt_no_outputs", validate(json, Optional.of(Set.of("1"))).error().orElseThrow().get("type"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"['3', 1, null, '9'] | ['3']", "[] | []", "'31' | ['1', '3']", "{'3': 0} | ['3']", "null | null"})
    void targetsAreWhatPythonFindsInThem(String value, String targets) {
        assertEquals(Json.parse(targets.replace('\'', '"')),
                Targets.of(Json.parse(value.replace('\'', '"')), Set.of("1", "2", "3")).map(found -> found.stream().sorted().toList()).orElse(null));
        assertThrows(IllegalArgumentException.class, () -> Targets.of(5L, Set.of("1")));
    }

    @Test
    void aCycleIsRefusedWithoutBlame() {
        var result = validate("""
                {"1": {"class_type": "Number", "inputs": {"value": ["2", 0]}}, "2": {"class_type": "Number", "inputs": {"value": ["1", 0]}},
                 "3": {"class_type": "Show", "inputs": {"number": ["1", 0]}}}""");
        assertFalse(result.isAccepted());
        assertEquals(Map.of(), result.nodeErrors());
    }
}

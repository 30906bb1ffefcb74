package org.comfyee.workflow.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.PythonText;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.NodeRegistry;

/**
 * Checks a prompt before it is accepted. Looks at the nodes' definitions only: nothing runs, no model is loaded.
 */
public final class PromptValidator {
    private static final String CLASS_TYPE = "class_type";

    private final NodeRegistry registry;
    private final Folders folders;

    public PromptValidator(NodeRegistry registry, Folders folders) {
        this.registry = registry;
        this.folders = folders;
    }

    /** @param targets the only output nodes to run; all of the prompt's if empty */
    public ValidationResult validate(Map<String, Object> prompt, Optional<Set<String>> targets) {
        var outputs = new ArrayList<String>();
        for (var entry : prompt.entrySet()) {
            var id = entry.getKey();
            var json = Json.object(entry.getValue()).orElse(Map.of());
            if (!json.containsKey(CLASS_TYPE)) {
                return refuse(prompt, "invalid_prompt", "Cannot execute because a node is missing the class_type property.", "Node ID '#" + id + "'");
            }
            var node = json.get(CLASS_TYPE) instanceof String classType ? registry.find(classType) : Optional.<Node>empty();
            if (node.isEmpty()) {
                return refuse(prompt, "invalid_prompt", "Cannot execute because node " + PythonText.str(json.get(CLASS_TYPE)) + " does not exist.",
                        "Node ID '#" + id + "'");
            }
            if (node.get().definition().isOutputNode() && targets.map(only -> only.contains(id)).orElse(true)) {
                outputs.add(id);
            }
        }
        if (outputs.isEmpty()) {
            return refuse(prompt, "prompt_no_outputs", "Prompt has no outputs", "");
        }
        return new Check(prompt).run(outputs);
    }

    private static ValidationResult refuse(Map<String, Object> prompt, String type, String message, String details) {
        return new ValidationResult(Optional.of(InputCheck.error(type, message, details, Map.of())), List.of(), Map.of(), prompt);
    }

    private record Verdict(boolean valid, List<Map<String, Object>> errors) {
        static final Verdict INVALID_UPSTREAM = new Verdict(false, List.of());
    }

    /** The check of one prompt, which remembers each node's verdict. */
    private final class Check {
        private final Map<String, Object> prompt;
        private final Map<String, Verdict> verdicts = new LinkedHashMap<>();

        Check(Map<String, Object> prompt) {
            this.prompt = new LinkedHashMap<>(prompt);
        }

        ValidationResult run(List<String> outputs) {
            var good = new ArrayList<String>();
            var nodeErrors = new LinkedHashMap<String, Object>();
            var details = new ArrayList<String>();
            for (var output : outputs) {
                var verdict = judgeOutput(output);
                if (verdict.valid()) {
                    good.add(output);
                } else {
                    verdict.errors().forEach(error -> details.add(error.get("message") + ": " + error.get("details")));
                    blame(output, nodeErrors);
                }
            }
            Optional<Map<String, Object>> error = good.isEmpty()
                    ? Optional.of(InputCheck.error("prompt_outputs_failed_validation", "Prompt outputs failed validation",
                            String.join("\n", details), Map.of()))
                    : Optional.empty();
            return new ValidationResult(error, good, nodeErrors, prompt);
        }

        private Verdict judgeOutput(String output) {
            try {
                return judge(output);
            } catch (ValidationFailure failure) {
                return failed(output, failure);
            } catch (StackOverflowError e) {
                return failed(output, new ValidationFailure("RecursionError", "maximum recursion depth exceeded"));
            }
        }

        private Verdict failed(String output, ValidationFailure failure) {
            var info = new LinkedHashMap<String, Object>();
            info.put("exception_type", failure.type());
            info.put("traceback", List.of());
            var verdict = new Verdict(false, List.of(InputCheck.error("exception_during_validation", "Exception when validating node",
                    failure.getMessage(), info)));
            verdicts.put(output, verdict);
            return verdict;
        }

        @SuppressWarnings("unchecked")
        private void blame(String output, Map<String, Object> nodeErrors) {
            verdicts.forEach((id, verdict) -> {
                if (!verdict.errors().isEmpty()) {
                    var entry = (Map<String, Object>) nodeErrors.computeIfAbsent(id, _ -> {
                        var fresh = new LinkedHashMap<String, Object>();
                        fresh.put("errors", verdict.errors());
                        fresh.put("dependent_outputs", new ArrayList<String>());
                        fresh.put(CLASS_TYPE, Json.object(prompt.get(id)).orElseThrow().get(CLASS_TYPE));
                        return fresh;
                    });
                    ((List<String>) entry.get("dependent_outputs")).add(output);
                }
            });
        }

        private PromptNode node(String id) {
            if (!prompt.containsKey(id)) {
                throw new ValidationFailure("KeyError", PythonText.repr(id));
            }
            if (Json.object(prompt.get(id)).flatMap(json -> Json.object(json.get("inputs"))).isEmpty()) {
                throw new ValidationFailure("KeyError", "'inputs'");
            }
            return PromptNode.of(id, prompt.get(id));
        }

        private Verdict judge(String id) {
            var known = verdicts.get(id);
            if (known != null) {
                return known;
            }
            var promptNode = node(id);
            // A node that leads back to itself finds this and is invalid without an error of its own.
            verdicts.put(id, Verdict.INVALID_UPSTREAM);
            try {
                var verdict = judge(id, promptNode, registry.find(promptNode.classType()).orElseThrow());
                verdicts.remove(id);
                // Now, not where it stood: clients are told of nodes in the order in which they are done.
                verdicts.put(id, verdict);
                return verdict;
            } catch (ValidationFailure failure) {
                verdicts.remove(id);
                throw failure;
            }
        }

        private Verdict judge(String id, PromptNode promptNode, Node node) {
            var errors = new ArrayList<Map<String, Object>>();
            boolean sourcesValid = true;
            var inputs = new LinkedHashMap<>(promptNode.inputs());
            for (var input : node.definition().inputs().values()) {
                var check = new InputCheck(node.definition(), input, folders);
                if (!inputs.containsKey(input.name())) {
                    if (input.isRequired()) {
                        errors.add(check.missing());
                    }
                } else if (inputs.get(input.name()) instanceof List<?> list) {
                    sourcesValid &= judgeLink(check, list, errors);
                } else {
                    judgeConstant(node, input, check, inputs, errors);
                }
            }
            judgeByNode(node, inputs, errors);
            replaceInputs(id, promptNode, inputs);
            return new Verdict(sourcesValid && errors.isEmpty(), errors);
        }

        private boolean judgeLink(InputCheck check, List<?> value, List<Map<String, Object>> errors) {
            if (value.size() != 2) {
                errors.add(check.badLink(value));
                return true;
            }
            var link = link(value);
            var received = receivedType(link);
            if (!check.accepts(received)) {
                errors.add(check.mismatch(received, link));
                return true;
            }
            try {
                return judge(link.node()).valid();
            } catch (ValidationFailure failure) {
                verdicts.put(link.node(), new Verdict(false, List.of(check.sourceFailed(failure, link))));
                return false;
            }
        }

        /** A list of two is taken for a link; one that is none fails as looking up its source does. */
        private Link link(List<?> value) {
            var source = value.getFirst();
            if (source instanceof List || source instanceof Map) {
                throw new ValidationFailure("TypeError", "unhashable type: '" + PythonText.typeName(source) + "'");
            }
            if (!(source instanceof String) || !prompt.containsKey(source)) {
                throw new ValidationFailure("KeyError", PythonText.repr(source));
            }
            return Link.of(value).filter(_ -> !(value.getLast() instanceof Double)).orElseThrow(() -> new ValidationFailure("TypeError",
                    outputsKind(source((String) source)) + " indices must be integers or slices, not " + PythonText.typeName(value.getLast())));
        }

        private NodeDefinition source(String id) {
            return registry.find((String) Json.object(prompt.get(id)).orElseThrow().get(CLASS_TYPE)).orElseThrow().definition();
        }

        /** What Python calls the outputs of a definition. */
        private static String outputsKind(NodeDefinition source) {
            return source.isSchema() ? "list" : "tuple";
        }

        private String receivedType(Link link) {
            var source = source(link.node());
            var index = link.indexIn(source.outputs().size());
            return source.outputs().get(index.orElseThrow(() -> new ValidationFailure("IndexError", outputsKind(source) + " index out of range"))).type();
        }

        private void judgeConstant(
                Node node, Input<?> input, InputCheck check, Map<String, Object> inputs, List<Map<String, Object>> errors) {
            var value = unwrapped(inputs.get(input.name()));
            try {
                value = Conversion.to(input.type(), value);
            } catch (NumberFormatException e) {
                errors.add(check.notConvertible(value, e.getMessage()));
                return;
            }
            inputs.put(input.name(), value);
            if (!node.validatedInputs().contains(input.name())) {
                errors.addAll(check.limits(value));
            }
        }

        /** A constant list hides in an object, since a bare list would be a link. */
        private static Object unwrapped(Object value) {
            return Json.object(value).filter(object -> object.containsKey("__value__")).map(object -> object.get("__value__")).orElse(value);
        }

        private void judgeByNode(Node node, Map<String, Object> inputs, List<Map<String, Object>> errors) {
            var names = node.validatedInputs();
            for (var input : node.definition().inputs().values()) {
                if (input.isRequired() && names.contains(input.name()) && !inputs.containsKey(input.name())) {
                    // The check cannot even be asked, which is all that clients are told of the node then.
                    throw new ValidationFailure("TypeError", node.definition().name() + ".VALIDATE_INPUTS() missing 1 required positional argument: '"
                            + input.name() + "'");
                }
            }
            if (names.isEmpty()) {
                return;
            }
            var constants = new HashMap<String, Object>();
            inputs.forEach((name, value) -> {
                if (Link.of(value).isEmpty()) {
                    constants.put(name, value);
                }
            });
            for (var input : node.definition().inputs().values()) {
                var value = constants.getOrDefault(input.name(), "");
                if (names.contains(input.name()) && input.type().equals("COMBO") && !(value instanceof String)) {
                    // What is chosen is the name of a file; nothing else ends in anything.
                    throw new ValidationFailure("AttributeError", "'" + PythonText.typeName(value) + "' object has no attribute 'endswith'");
                }
            }
            try {
                node.validate(new Inputs(constants), folders).ifPresent(reason -> inputs.keySet().stream()
                        .filter(names::contains)
                        .forEach(name -> errors.add(InputCheck.refused(name, reason))));
            } catch (ClassCastException e) {
                throw new ValidationFailure("TypeError", node.definition().name() + " takes no value of such a type: " + PythonText.repr(constants));
            } catch (RuntimeException e) {
                throw new ValidationFailure("ValueError", e.getMessage());
            }
        }

        private void replaceInputs(String id, PromptNode promptNode, Map<String, Object> inputs) {
            var changed = new LinkedHashMap<>(promptNode.json());
            changed.put("inputs", inputs);
            prompt.put(id, changed);
        }
    }
}

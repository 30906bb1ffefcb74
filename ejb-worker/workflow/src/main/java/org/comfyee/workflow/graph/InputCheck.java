package org.comfyee.workflow.graph;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.json.PythonText;
import org.comfyee.workflow.node.Input;
import org.comfyee.workflow.node.NodeDefinition;

/** Checks one input of one node and words what is wrong as clients of ComfyUI know it. */
final class InputCheck {
    private static final int MOST_LISTED_CHOICES = 20;

    private final NodeDefinition definition;
    private final Input<?> input;
    private final Folders folders;

    InputCheck(NodeDefinition definition, Input<?> input, Folders folders) {
        this.definition = definition;
        this.input = input;
        this.folders = folders;
    }

    static Map<String, Object> error(String type, String message, String details, Map<String, Object> extraInfo) {
        var error = new LinkedHashMap<String, Object>();
        error.put("type", type);
        error.put("message", message);
        error.put("details", details);
        error.put("extra_info", extraInfo);
        return error;
    }

    private Map<String, Object> info(Object... namesAndValues) {
        var info = new LinkedHashMap<String, Object>();
        info.put("input_name", input.name());
        for (int i = 0; i < namesAndValues.length; i += 2) {
            info.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return info;
    }

    /** What clients are told of the input, with its options even where there are none. */
    private List<Object> config() {
        var told = definition.specification(input, folders);
        return told.size() > 1 ? told : List.of(told.getFirst(), Map.of());
    }

    Map<String, Object> missing() {
        return error("required_input_missing", "Required input is missing", input.name(), info());
    }

    Map<String, Object> badLink(Object received) {
        return error("bad_linked_input", "Bad linked input, must be a length-2 list of [node_id, slot_index]", input.name(),
                info("input_config", config(), "received_value", received));
    }

    /** Whether a value of the received type may go into this input. */
    boolean accepts(String received) {
        if (received.equals("*") || input.type().equals("*")) {
            return true;
        }
        // A combo whose type is its list has no name that another type could have.
        boolean named = input.choices().isEmpty() || config().getFirst() instanceof String;
        return named && !Collections.disjoint(names(received), names(input.type()));
    }

    private static List<String> names(String types) {
        return Arrays.stream(types.split(",")).map(String::strip).toList();
    }

    Map<String, Object> mismatch(String received, Link link) {
        return error("return_type_mismatch", "Return type mismatch between linked nodes",
                "%s, received_type(%s) mismatch input_type(%s)".formatted(input.name(), received, PythonText.str(config().getFirst())),
                info("input_config", config(), "received_type", received, "linked_node", link.toJson()));
    }

    /** @param reason in Python's words */
    Map<String, Object> notConvertible(Object value, String reason) {
        return error("invalid_input_type", "Failed to convert an input value to a " + input.type() + " value",
                "%s, %s, %s".formatted(input.name(), PythonText.str(value), reason),
                info("input_config", config(), "received_value", value, "exception_message", reason));
    }

    /** The first limit or choice that the value breaks, in a list of at most one. */
    List<Map<String, Object>> limits(Object value) {
        var errors = new ArrayList<Map<String, Object>>();
        if (breaks("min", value, -1)) {
            errors.add(error("value_smaller_than_min", "Value %s smaller than min of %s"
                    .formatted(PythonText.str(value), PythonText.str(input.options().get("min"))), input.name(),
                    info("input_config", config(), "received_value", value)));
        } else if (breaks("max", value, 1)) {
            errors.add(error("value_bigger_than_max", "Value %s bigger than max of %s"
                    .formatted(PythonText.str(value), PythonText.str(input.options().get("max"))), input.name(),
                    info("input_config", config(), "received_value", value)));
        } else if (input.choices().isPresent()) {
            notInList(value, input.choices().get().in(folders), errors);
        }
        return errors;
    }

    private boolean breaks(String limit, Object value, int wrongSide) {
        if (!(input.options().get(limit) instanceof Number bound) || !(value instanceof Number number)) {
            return false;
        }
        if (!Double.isFinite(number.doubleValue())) {
            return Double.compare(number.doubleValue(), bound.doubleValue()) == wrongSide && !Double.isNaN(number.doubleValue());
        }
        return new BigDecimal(number.toString()).compareTo(new BigDecimal(bound.toString())) == wrongSide;
    }

    private void notInList(Object value, List<String> choices, List<Map<String, Object>> errors) {
        if (choices.stream().anyMatch(choice -> Objects.equals(choice, value))) {
            return;
        }
        boolean few = choices.size() <= MOST_LISTED_CHOICES;
        var list = few ? PythonText.repr(choices) : "(list of length " + choices.size() + ")";
        errors.add(error("value_not_in_list", "Value not in list", "%s: '%s' not in %s".formatted(input.name(), PythonText.str(value), list),
                info("input_config", few ? config() : null, "received_value", value)));
    }

    static Map<String, Object> refused(String inputName, String reason) {
        var info = new LinkedHashMap<String, Object>();
        info.put("input_name", inputName);
        return error("custom_validation_failed", "Custom validation failed for node", inputName + " - " + reason, info);
    }

    Map<String, Object> sourceFailed(ValidationFailure failure, Link link) {
        return error("exception_during_inner_validation", "Exception when validating inner node", failure.getMessage(),
                info("input_config", config(), "exception_message", failure.getMessage(), "exception_type", failure.type(),
                        "traceback", List.of(), "linked_node", link.toJson()));
    }
}

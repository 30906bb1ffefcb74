package org.comfyee.workflow.execution;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.comfyee.workflow.json.PythonText;
import org.comfyee.workflow.node.OutOfMemoryException;

/** A node that ended its prompt, with all that clients show of it. */
final class NodeFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MOST_FRAMES = 40;
    private static final String OUT_OF_MEMORY_TYPE = "torch.OutOfMemoryError";
    private static final String OUT_OF_MEMORY_ADVICE =
            "The device ran out of memory. A smaller picture, a smaller batch or a tiled decoder needs less.";

    private final transient Map<String, List<Object>> inputs;
    private final String nodeId;

    NodeFailure(String nodeId, Throwable cause, Map<String, List<Object>> inputs) {
        super(cause);
        this.nodeId = nodeId;
        this.inputs = inputs;
    }

    static NodeFailure cycle(String nodeId) {
        return new NodeFailure(nodeId, new DependencyCycle(), Map.of());
    }

    String nodeId() {
        return nodeId;
    }

    Map<String, Object> details() {
        var cause = getCause();
        var details = new LinkedHashMap<String, Object>();
        boolean cycle = cause instanceof DependencyCycle;
        details.put("exception_message", cycle ? cause.getMessage() : message(cause) + "\n" + advice(cause));
        details.put("exception_type", cycle ? "graph.DependencyCycleError" : typeName(cause));
        details.put("traceback", cycle ? List.of() : frames(cause));
        details.put("current_inputs", cycle ? List.of() : shownInputs());
        return details;
    }

    private static String message(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static String advice(Throwable cause) {
        return outOfMemory(cause) ? OUT_OF_MEMORY_ADVICE : "";
    }

    private static boolean outOfMemory(Throwable cause) {
        return cause instanceof OutOfMemoryError || cause instanceof OutOfMemoryException;
    }

    /** Types of the language itself stand without their package, and lack of memory has one name, as clients of ComfyUI are used to. */
    private static String typeName(Throwable cause) {
        if (outOfMemory(cause)) {
            return OUT_OF_MEMORY_TYPE;
        }
        var type = cause.getClass();
        return type.getPackageName().equals("java.lang") ? type.getSimpleName() : type.getName();
    }

    private static List<String> frames(Throwable cause) {
        return Arrays.stream(cause.getStackTrace()).limit(MOST_FRAMES).map(frame -> "  at " + frame + "\n").toList();
    }

    private Map<String, Object> shownInputs() {
        var shown = new LinkedHashMap<String, Object>();
        inputs.forEach((name, values) -> shown.put(name, values.stream().map(NodeFailure::shown).toList()));
        return shown;
    }

    private static Object shown(Object value) {
        return value == null || value instanceof Number || value instanceof Boolean ? value : PythonText.str(value);
    }

    private static final class DependencyCycle extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DependencyCycle() {
            super("Dependency cycle detected", null, false, false);
        }
    }
}

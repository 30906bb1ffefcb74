package org.comfyee.workflow.graph;

import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.json.PythonNumber;
import org.comfyee.workflow.json.PythonText;

/** Turns a constant of a prompt into the type of its input, by Python's rules. */
final class Conversion {
    private Conversion() {}

    /** @throws NumberFormatException if the value has no such form */
    static Object to(String type, Object value) {
        return switch (type) {
            case "INT" -> PythonNumber.whole(value);
            case "FLOAT" -> PythonNumber.real(value);
            case "STRING" -> PythonText.str(value);
            case "BOOLEAN" -> Json.isTrue(value);
            default -> value;
        };
    }
}

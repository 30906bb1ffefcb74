package org.comfyee.workflow.graph;

/** Something in a prompt that the check cannot get past; carries the name that clients know the kind of failure by. */
final class ValidationFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String type;

    ValidationFailure(String type, String message) {
        super(message, null, false, false);
        this.type = type;
    }

    String type() {
        return type;
    }
}

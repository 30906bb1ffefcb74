package org.comfyee.workflow.node;

import java.util.Optional;
import java.util.Set;
import org.comfyee.workflow.files.Folders;

/**
 * A kind of node. Found by {@link java.util.ServiceLoader}; one object serves all prompts at once, so it holds no state.
 */
public interface Node {
    NodeDefinition definition();

    /** Computes the outputs from the inputs. An exception ends the prompt and is shown to the client. */
    Outputs run(Inputs inputs, NodeContext context) throws Exception;

    /** Names of the inputs that {@link #validate} checks; ranges and combos of these are not checked otherwise. */
    default Set<String> validatedInputs() {
        return Set.of();
    }

    /**
     * Checks constants before a prompt is accepted.
     *
     * @return what is wrong, if anything is
     */
    default Optional<String> validate(Inputs constants, Folders folders) {
        return Optional.empty();
    }

    /**
     * A value that changes when the node must run again although its inputs are the same, such as the hash of a file that
     * an input names; {@code NaN} runs it each time.
     */
    default Object fingerprint(Inputs constants, Folders folders) throws Exception {
        return false;
    }

    /** Names of those lazy inputs that the node wants after seeing the others. */
    default Set<String> neededLazyInputs(Inputs inputs) {
        return Set.of();
    }
}

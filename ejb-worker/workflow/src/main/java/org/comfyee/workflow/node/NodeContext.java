package org.comfyee.workflow.node;

import java.util.Map;
import java.util.Optional;
import org.comfyee.workflow.files.Folders;

/** What a node may use while it runs. */
public interface NodeContext {
    Folders folders();

    /** The node's id in the prompt, or in the expansion that it is part of. */
    String nodeId();

    String promptId();

    /** The prompt as it was submitted; nodes that tell whether they changed carry what they told, as {@code is_changed}. */
    Map<String, Object> prompt();

    /** What the client sent with the prompt, beside it. */
    Map<String, Object> extraData();

    /** What the client wants kept in the pictures, such as its workflow. */
    Optional<Map<String, Object>> extraPngInfo();

    /**
     * Tells how far the node has come.
     *
     * @throws InterruptedPromptException if the prompt was interrupted
     */
    void progress(int value, int max, Optional<Preview> preview);

    /** An empty expansion of this call. */
    Expansion expansion();

    /** Shows a text at the node, to all clients. */
    void progressText(String text);

    /** @throws InterruptedPromptException if the prompt was interrupted */
    void checkInterrupted();

    /**
     * Something that the host of the execution offers, such as the models that are loaded.
     *
     * @throws IllegalStateException if the host does not offer it
     */
    <T> T service(Class<T> type);
}

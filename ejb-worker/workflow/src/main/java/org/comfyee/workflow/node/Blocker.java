package org.comfyee.workflow.node;

import java.util.Optional;

/**
 * A value that keeps the nodes that receive it from running.
 *
 * @param message shown to the client once; silent if empty
 */
public record Blocker(Optional<String> message) {
    public static final Blocker SILENT = new Blocker(Optional.empty());
}

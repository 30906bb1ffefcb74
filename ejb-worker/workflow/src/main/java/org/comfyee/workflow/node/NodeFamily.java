package org.comfyee.workflow.node;

import java.util.Collection;

/** Nodes that one class makes. Found by {@link java.util.ServiceLoader}, as single nodes are. */
@FunctionalInterface
public interface NodeFamily {
    Collection<Node> nodes();
}

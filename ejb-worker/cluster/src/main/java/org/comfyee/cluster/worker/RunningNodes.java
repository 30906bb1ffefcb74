package org.comfyee.cluster.worker;

import java.util.Optional;
import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.GridMap;

/** Which node of each running prompt is at work, for clients that come when its beginning has been told already. */
public final class RunningNodes {
    private final GridMap nodes;

    public RunningNodes(Grid grid) {
        nodes = grid.map("comfyee.running-nodes");
    }

    /** @param displayNode id of the node as clients see it */
    public void enter(String promptId, String displayNode) {
        nodes.put(promptId, displayNode);
    }

    /** Of that prompt no node runs. */
    public void leave(String promptId) {
        nodes.remove(promptId);
    }

    public Optional<String> find(String promptId) {
        return nodes.get(promptId);
    }
}

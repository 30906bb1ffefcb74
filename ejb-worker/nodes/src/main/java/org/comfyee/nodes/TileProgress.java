package org.comfyee.nodes;

import java.util.Optional;
import org.comfyee.workflow.node.NodeContext;

/** Tells a node's client how many tiles are done. */
public final class TileProgress implements Runnable {
    private final NodeContext context;
    private final int tiles;
    private int done;

    /** @param tiles how many there will be */
    public TileProgress(NodeContext context, long tiles) {
        this.context = context;
        this.tiles = Math.toIntExact(tiles);
    }

    @Override
    public void run() {
        context.progress(++done, tiles, Optional.empty());
    }
}

package org.comfyee.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import org.comfyee.diffusion.checkpoint.Checkpoint;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;

/** The checkpoints that are open, shared by all sessions of the process. Those used last are kept. */
public final class Models {
    private record Key(Path path, FileTime modified, long size) {}

    private final int most;
    private final LinkedHashMap<Key, Checkpoint> open = new LinkedHashMap<>(16, 0.75f, true);

    /** @param most how many checkpoints are kept open */
    public Models(int most) {
        this.most = most;
    }

    /** Opens a checkpoint, anew if the file has changed. */
    public synchronized Checkpoint checkpoint(Path path) throws IOException {
        var key = new Key(path, Files.getLastModifiedTime(path), Files.size(path));
        var known = open.get(key);
        if (known == null) {
            known = CheckpointLoader.load(path);
            open.put(key, known);
            while (open.size() > most) {
                open.remove(open.firstEntry().getKey());
            }
        }
        return known;
    }

    /** File names of the open checkpoints, those used last at the end. */
    public synchronized List<String> names() {
        return open.keySet().stream().map(key -> key.path().getFileName().toString()).toList();
    }

    /** Closes all; their memory goes when no prompt and no cached result holds them. */
    public synchronized void unload() {
        open.clear();
    }
}

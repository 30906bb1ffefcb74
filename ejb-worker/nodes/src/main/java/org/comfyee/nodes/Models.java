package org.comfyee.nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.comfyee.diffusion.checkpoint.Checkpoint;
import org.comfyee.diffusion.checkpoint.CheckpointLoader;

/** The models that a session has open. Those used last are kept; what lies on the CPU is the same for all sessions of the process. */
public final class Models {
    private record State(Path path, FileTime modified, long size) {}

    private record Key(String kind, List<State> files) {}

    /** Makes a model of files. */
    @FunctionalInterface
    public interface Opening<T> {
        T open(List<Path> files) throws IOException;
    }

    private final int most;
    private final LinkedHashMap<Key, Object> open = new LinkedHashMap<>(16, 0.75f, true);

    /** @param most how many models are kept open */
    public Models(int most) {
        this.most = most;
    }

    /** Opens a checkpoint, anew if the file has changed. */
    public Checkpoint checkpoint(Path path) throws IOException {
        return open("checkpoint", List.of(path), files -> CheckpointLoader.load(files.getFirst()));
    }

    /**
     * Opens files, anew if one of them has changed.
     *
     * @param kind what is made of them; the same kind of the same files is the same model
     */
    @SuppressWarnings("unchecked")
    public synchronized <T> T open(String kind, List<Path> files, Opening<T> opening) throws IOException {
        var states = new ArrayList<State>();
        for (var file : files) {
            states.add(new State(file, Files.getLastModifiedTime(file), Files.size(file)));
        }
        var key = new Key(kind, states);
        var known = open.get(key);
        if (known == null) {
            known = SharedModels.known(key, opening.open(files));
            open.put(key, known);
            while (open.size() > most) {
                open.remove(open.firstEntry().getKey());
            }
        }
        return (T) known;
    }

    /** File names of the open models, those used last at the end. */
    public synchronized List<String> names() {
        return open.keySet().stream().flatMap(key -> key.files().stream()).map(file -> file.path().getFileName().toString()).toList();
    }

    /** Closes all; their memory goes when no prompt and no cached result holds them. */
    public synchronized void unload() {
        open.clear();
    }
}

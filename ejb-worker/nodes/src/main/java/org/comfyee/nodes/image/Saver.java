package org.comfyee.nodes.image;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.comfyee.workflow.files.Directory;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.files.SavePath;
import org.comfyee.workflow.json.Json;
import org.comfyee.workflow.node.NodeContext;

/** Gives files their numbered names. Several workers may save to the same directory. */
public final class Saver {
    private final SavePath path;
    private final Directory directory;
    private int counter;

    private Saver(SavePath path, Directory directory) {
        this.path = path;
        this.directory = directory;
        counter = path.counter();
    }

    /** Writes a file's content; the file exists and is empty. */
    @FunctionalInterface
    public interface Writer {
        void write(Path path) throws IOException;
    }

    /** @param width of the pictures, which the prefix may name */
    public static Saver in(Folders folders, Directory directory, String prefix, long width, long height) throws IOException {
        return new Saver(SavePath.in(folders.directory(directory), prefix, width, height), directory);
    }

    /** Saves files of a name that is new or nearly so; the directory is not read, however much lies there. */
    public static Saver fresh(Folders folders, Directory directory, String name) throws IOException {
        return new Saver(SavePath.fresh(folders.directory(directory), name), directory);
    }

    /**
     * Writes the next file and says where, as clients are told.
     *
     * @throws IOException if it cannot be written; then there is none
     */
    public Map<String, Object> save(int batchIndex, String extension, Writer writer) throws IOException {
        while (true) {
            var name = path.fileName(batchIndex, counter++, extension);
            var file = path.directory().resolve(name);
            if (Files.exists(file)) {
                // Earlier calls of the node over a list may have taken many numbers; an exception for each would cost much.
                continue;
            }
            try {
                Files.createFile(file);
            } catch (FileAlreadyExistsException e) {
                // Another worker took the number since the directory was read.
                continue;
            }
            write(file, writer);
            var saved = new LinkedHashMap<String, Object>();
            saved.put("filename", name);
            saved.put("subfolder", path.subfolder());
            saved.put("type", directory.typeName());
            return saved;
        }
    }

    /** Where that fails, as on a full disk, no half file stays. */
    private static void write(Path file, Writer writer) throws IOException {
        boolean written = false;
        try {
            writer.write(file);
            written = true;
        } finally {
            if (!written) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** The workflow behind a file, as texts to store in it. */
    public static Map<String, String> metadata(NodeContext context) {
        var texts = new LinkedHashMap<String, String>();
        texts.put("prompt", Json.write(context.prompt()));
        context.extraPngInfo().ifPresent(info -> info.forEach((name, value) -> texts.put(name, Json.write(value))));
        return texts;
    }
}

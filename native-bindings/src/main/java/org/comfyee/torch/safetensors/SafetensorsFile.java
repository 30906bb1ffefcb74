package org.comfyee.torch.safetensors;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorFile;

/**
 * A safetensors file, mapped into memory: tensors look into the mapping without a copy and are read from disk when they
 * are first used. The mapping goes when neither this object nor a tensor of it is reachable.
 *
 * <p>Format: 8 bytes little-endian length, that many bytes of JSON, then the tensors' bytes
 * (<a href="https://github.com/huggingface/safetensors#format">safetensors</a>).
 */
public final class SafetensorsFile implements TensorFile {
    /** The format's own limit for the header. */
    private static final long MAX_HEADER = 100_000_000;

    private final Path path;
    private final MemorySegment data;
    private final HeaderReader header;

    private SafetensorsFile(Path path, MemorySegment data, HeaderReader header) {
        this.path = path;
        this.data = data;
        this.header = header;
    }

    /**
     * Maps a file and checks its header.
     *
     * @throws SafetensorsException if the file is not safetensors, is truncated or contradicts itself
     * @throws IOException if it cannot be read
     */
    public static SafetensorsFile open(Path path) throws IOException {
        MemorySegment file;
        boolean writable = Files.isWritable(path);
        var options = writable ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE) : Set.of(StandardOpenOption.READ);
        try (var channel = FileChannel.open(path, options)) {
            if (channel.size() < 10) {
                throw new SafetensorsException(path + " has " + channel.size() + " bytes: too few for a safetensors file");
            }
            // Private where possible: an operator that works in place by mistake must not bring the process down.
            // Java asks for a writable file for that, though the file itself is never changed.
            file = channel.map(writable ? MapMode.PRIVATE : MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        }
        long length = file.get(JAVA_LONG_UNALIGNED, 0);
        if (length < 2 || length > MAX_HEADER || length > file.byteSize() - 8) {
            // Only now: the first bytes of a good file's length may be those of a pickle.
            refusePickle(path, file);
            throw new SafetensorsException(path + " says that its header has " + length + " bytes, but the file has "
                    + file.byteSize() + ": not a safetensors file, or truncated");
        }
        try {
            var header = HeaderReader.read(file.asSlice(8, length).toArray(JAVA_BYTE));
            header.check(file.byteSize() - 8 - length);
            return new SafetensorsFile(path, file.asSlice(8 + length), header);
        } catch (IOException e) {
            throw new SafetensorsException(path + ": " + e.getMessage(), e);
        }
    }

    private static void refusePickle(Path path, MemorySegment file) throws SafetensorsException {
        int first = file.get(JAVA_BYTE, 0) & 0xff;
        int second = file.get(JAVA_BYTE, 1) & 0xff;
        boolean zip = first == 'P' && second == 'K';
        boolean pickle = first == 0x80 && second >= 2 && second <= 5;
        if (zip || pickle) {
            throw new SafetensorsException(path + " is a pickled checkpoint, which can run code when it is loaded; "
                    + "convert it to safetensors");
        }
    }

    /** As it was opened. */
    public Path path() {
        return path;
    }

    /** Names of the tensors, in the order of the header. */
    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(header.tensors.keySet());
    }

    /** Whether there is a tensor of that name. */
    public boolean has(String name) {
        return header.tensors.containsKey(name);
    }

    @Override
    public long[] shape(String name) {
        return stored(name).shape().clone();
    }

    @Override
    public ScalarType dtype(String name) {
        return stored(name).type();
    }

    /** The file's free-form metadata. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata);
    }

    /** A tensor that looks into the file; it joins the current scope. */
    @Override
    public Tensor tensor(String name) {
        var stored = stored(name);
        var bytes = data.asSlice(stored.start(), stored.end() - stored.start());
        return Tensor.wrap(aligned(bytes, stored.type()), stored.type(), stored.shape());
    }

    /** Gives the memory behind a tensor back to the system; it is read from disk again when it is next used. */
    @Override
    public void unload(String name) {
        var stored = stored(name);
        data.asSlice(stored.start(), stored.end() - stored.start()).unload();
    }

    /** The format asks for no alignment, but libtorch does: a misplaced tensor is copied. */
    private static MemorySegment aligned(MemorySegment bytes, ScalarType type) {
        return bytes.address() % type.elementSize() == 0
                ? bytes
                : Arena.ofAuto().allocate(bytes.byteSize(), type.elementSize()).copyFrom(bytes);
    }

    private StoredTensor stored(String name) {
        var stored = header.tensors.get(name);
        if (stored == null) {
            throw new NoSuchElementException(path + " has no tensor '" + name + "'");
        }
        return stored;
    }
}

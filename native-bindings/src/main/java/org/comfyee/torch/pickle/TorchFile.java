package org.comfyee.torch.pickle;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.zip.ZipFile;
import org.comfyee.torch.ScalarType;
import org.comfyee.torch.Tensor;
import org.comfyee.torch.TensorFile;

/**
 * The tensors of a file that PyTorch's {@code torch.save} wrote: a ZIP archive, or in the form before version 1.6. Names of nested
 * dictionaries are joined by dots; a dictionary called {@code state_dict}, or the only one there is, stands for the whole.
 */
public final class TorchFile implements TensorFile {
    /** The first pickle of the older form: the last 64 bits of a larger number. */
    private static final long MAGIC = 0xa86a20f9469cfc6cL;
    private static final int PICKLES_BEFORE_THE_ROOT = 3;
    private static final int DEEPEST = 50;

    /** Gives the bytes of a storage. */
    @FunctionalInterface
    private interface Storages {
        /**
         * @param start in bytes
         * @return aligned for the storage's elements
         */
        MemorySegment read(StoredTensor.Storage storage, long start, long length);
    }

    private final Map<String, StoredTensor> tensors;
    private final Storages storages;

    private TorchFile(Object root, Storages storages) throws PickleException {
        this.tensors = new LinkedHashMap<>();
        this.storages = storages;
        if (!(root instanceof Map<?, ?> map)) {
            throw new PickleException("the pickle holds no tensors by name");
        }
        collect("", 0, weights(map), tensors);
        for (var tensor : tensors.entrySet()) {
            tensor.getValue().check(tensor.getKey());
        }
    }

    /**
     * @throws PickleException if the file is not what PyTorch writes
     * @throws IOException if it cannot be read
     */
    public static TorchFile open(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (channel.size() < 2) {
                throw new PickleException("the file has " + channel.size() + " bytes");
            }
            var file = channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            return file.get(JAVA_BYTE, 0) == 'P' && file.get(JAVA_BYTE, 1) == 'K' ? archive(path) : old(file);
        }
    }

    private static TorchFile archive(Path path) throws IOException {
        // Stays open as long as the file is in use.
        var zip = new ZipFile(path.toFile());
        try {
            return archive(zip);
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private static TorchFile archive(ZipFile zip) throws IOException {
        var pickle = zip.stream().filter(entry -> entry.getName().equals("data.pkl") || entry.getName().endsWith("/data.pkl")).findFirst()
                .orElseThrow(() -> new PickleException("the archive has no data.pkl"));
        var folder = pickle.getName().substring(0, pickle.getName().length() - "data.pkl".length());
        var reader = new PickleReader(MemorySegment.ofArray(zip.getInputStream(pickle).readAllBytes()));
        return new TorchFile(reader.next(), (storage, start, length) -> {
            var entry = zip.getEntry(folder + "data/" + storage.key());
            if (entry == null) {
                throw new NoSuchElementException("the archive has no storage " + storage.key());
            }
            var memory = Arena.ofAuto().allocate(length, storage.type().elementSize());
            try (var in = zip.getInputStream(entry)) {
                in.skipNBytes(start);
                var buffer = new byte[1 << 16];
                for (long at = 0; at < length;) {
                    int count = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, length - at));
                    if (count == 0) {
                        throw new PickleException("the storage " + storage.key() + " is shorter than the file says");
                    }
                    MemorySegment.copy(buffer, 0, memory, JAVA_BYTE, at, count);
                    at += count;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return memory;
        });
    }

    /** Pickles one after the other: magic number, version, system; then the root and the keys of the storages that follow. */
    private static TorchFile old(MemorySegment file) throws PickleException {
        var reader = new PickleReader(file);
        for (int i = 0; i < PICKLES_BEFORE_THE_ROOT; i++) {
            var value = reader.next();
            if (i == 0 && !Long.valueOf(MAGIC).equals(value)) {
                throw new PickleException("the file does not begin as PyTorch's do");
            }
        }
        var root = reader.next();
        var starts = new HashMap<String, Long>();
        if (!(reader.next() instanceof List<?> keys)) {
            throw new PickleException("the file does not list its storages");
        }
        long at = reader.position();
        for (var key : keys) {
            var storage = reader.storages().get(key);
            if (storage == null || at + Long.BYTES > file.byteSize() || file.get(JAVA_LONG_UNALIGNED, at) != storage.count()) {
                throw new PickleException("the storage " + key + " is not where the file says");
            }
            starts.put(storage.key(), at + Long.BYTES);
            at += Long.BYTES + storage.count() * storage.type().elementSize();
        }
        if (at > file.byteSize()) {
            throw new PickleException("the file is truncated: " + file.byteSize() + " bytes, expected " + at);
        }
        return new TorchFile(root, (storage, start, length) -> {
            var bytes = file.asSlice(starts.get(storage.key()) + start, length);
            return Arena.ofAuto().allocate(length, storage.type().elementSize()).copyFrom(bytes);
        });
    }

    private static Map<?, ?> weights(Map<?, ?> root) {
        if (root.get("state_dict") instanceof Map<?, ?> inner) {
            return inner;
        }
        return root.size() == 1 && root.values().iterator().next() instanceof Map<?, ?> only ? only : root;
    }

    private static void collect(String prefix, int depth, Map<?, ?> map, Map<String, StoredTensor> tensors) throws PickleException {
        // A dictionary may hold itself.
        if (depth > DEEPEST) {
            throw new PickleException("dictionaries are nested more than " + DEEPEST + " deep");
        }
        for (var entry : map.entrySet()) {
            switch (entry.getValue()) {
                case StoredTensor tensor -> tensors.put(prefix + entry.getKey(), tensor);
                case Map<?, ?> inner -> collect(prefix + entry.getKey() + ".", depth + 1, inner, tensors);
                case null, default -> {}
            }
        }
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    private StoredTensor stored(String name) {
        var stored = tensors.get(name);
        if (stored == null) {
            throw new NoSuchElementException("the file has no tensor " + name);
        }
        return stored;
    }

    @Override
    public long[] shape(String name) {
        return stored(name).shape().clone();
    }

    @Override
    public ScalarType dtype(String name) {
        return stored(name).storage().type();
    }

    @Override
    public Tensor tensor(String name) {
        var stored = stored(name);
        long size = dtype(name).elementSize();
        var memory = storages.read(stored.storage(), stored.offset() * size, stored.count() * size);
        var order = stored.order();
        var shape = new long[order.length];
        var places = new long[order.length];
        for (int i = 0; i < order.length; i++) {
            shape[i] = stored.shape()[order[i]];
            places[order[i]] = i;
        }
        return Tensor.wrap(memory, dtype(name), shape).permute(places).contiguous();
    }

    /** Nothing: tensors of such files are copies. */
    @Override
    public void unload(String name) {}
}

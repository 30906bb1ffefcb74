package org.comfyee.cluster.grid;

import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A grid whose values and messages only holders of a key can read or make. Names and keys of entries can be read, and
 * entries can be removed or put back to an older value, by whoever gets into the grid without it.
 */
public final class SealedGrid implements Grid {
    private static final System.Logger LOG = System.getLogger(SealedGrid.class.getName());

    private final Grid grid;
    private final Seal seal;

    public SealedGrid(Grid grid, Seal seal) {
        this.grid = grid;
        this.seal = seal;
    }

    @Override
    public GridMap map(String name) {
        return sealed(name);
    }

    @Override
    public void put(List<Entry> entries) {
        grid.put(entries.stream().map(entry -> new Entry(entry.map(), entry.key(), sealed(entry.map()).close(entry.key(), entry.value()), entry.lifetime()))
                .toList());
    }

    private SealedMap sealed(String name) {
        return new SealedMap(name, grid.map(name), seal);
    }

    @Override
    public List<Optional<String>> get(String key, List<String> maps) {
        var answers = grid.get(key, maps);
        return IntStream.range(0, maps.size()).mapToObj(i -> answers.get(i).flatMap(value -> sealed(maps.get(i)).open(key, value))).toList();
    }

    @Override
    public void remove(String key, List<String> maps) {
        grid.remove(key, maps);
    }

    @Override
    public void publish(String topic, byte[] message) {
        grid.publish(topic, seal.close(topic, message));
    }

    @Override
    public Subscription listen(String topic, Consumer<byte[]> listener) {
        return grid.listen(topic, message -> seal.open(topic, message).ifPresentOrElse(listener, () -> complain("a message of " + topic)));
    }

    @Override
    public void onMerge(Runnable action) {
        grid.onMerge(action);
    }

    @Override
    public void close() {
        grid.close();
    }

    private static void complain(String what) {
        LOG.log(Level.WARNING, what + " in the data grid was not made with this cluster's key and is passed over");
    }

    private record SealedMap(String name, GridMap shared, Seal seal) implements GridMap {
        private String context(String key) {
            return name + '\n' + key;
        }

        private String close(String key, String value) {
            return Base64.getEncoder().encodeToString(seal.close(context(key), value.getBytes(StandardCharsets.UTF_8)));
        }

        private Optional<String> open(String key, String sealed) {
            Optional<byte[]> opened;
            try {
                opened = seal.open(context(key), Base64.getDecoder().decode(sealed));
            } catch (IllegalArgumentException e) {
                opened = Optional.empty();
            }
            if (opened.isEmpty()) {
                complain("the entry " + key + " of " + name);
            }
            return opened.map(bytes -> new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public Optional<String> get(String key) {
            return shared.get(key).flatMap(sealed -> open(key, sealed));
        }

        @Override
        public Map<String, String> recallAll(Set<String> keys) {
            return open(shared.recallAll(keys));
        }

        @Override
        public void put(String key, String value) {
            shared.put(key, close(key, value));
        }

        @Override
        public void put(String key, String value, Duration lifetime) {
            shared.put(key, close(key, value), lifetime);
        }

        @Override
        public boolean putIfAbsent(String key, String value) {
            return shared.putIfAbsent(key, close(key, value));
        }

        @Override
        public boolean replace(String key, String expected, String value) {
            // The same value is sealed differently each time.
            var sealed = shared.get(key);
            return sealed.isPresent() && open(key, sealed.get()).filter(expected::equals).isPresent()
                    && shared.replace(key, sealed.get(), close(key, value));
        }

        @Override
        public void remove(String key) {
            shared.remove(key);
        }

        @Override
        public Map<String, String> entries() {
            return open(shared.entries());
        }

        private Map<String, String> open(Map<String, String> sealed) {
            var opened = new HashMap<String, String>();
            sealed.forEach((key, each) -> open(key, each).ifPresent(value -> opened.put(key, value)));
            return opened;
        }

        @Override
        public Set<String> keys() {
            return shared.keys();
        }

        @Override
        public int size() {
            return shared.size();
        }

        @Override
        public Subscription watchRemovals(Consumer<String> listener) {
            return shared.watchRemovals(listener);
        }

        @Override
        public Subscription watch(Consumer<Change> listener) {
            return shared.watch(change -> listener.accept(new Change(change.key(), change.before().flatMap(value -> open(change.key(), value)),
                    change.after().flatMap(value -> open(change.key(), value)))));
        }
    }
}

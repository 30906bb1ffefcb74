package org.comfyee.cluster.grid;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A grid some of whose maps outlive a restart of all members: every member keeps a copy of them on its disk and gives
 * back what the grid lacks when it joins.
 */
public final class DurableGrid implements Grid, AutoCloseable {
    /** How long another member's entry is kept that goes by itself, when is not told. */
    private static final Duration UNKNOWN_LIFETIME = Duration.ofDays(1);

    private final Grid grid;
    private final MemberStore store;
    private final Map<String, Keeping> keeping;
    private final Map<String, GridMap> maps = new ConcurrentHashMap<>();

    /** How a map is kept. */
    public enum Keeping {
        /** Entries outlive the death of all processes, and after {@link #settle} a power cut. */
        WRITTEN,
        /** Likewise, and go by themselves. */
        EXPIRING,
        /** As {@link #WRITTEN}, of this member alone. */
        OWN
    }

    /**
     * @param directory of this member's file; others may have theirs there
     * @param keeping the maps that are kept, by name
     * @throws IOException if nothing can be written there
     */
    public DurableGrid(Grid grid, Path directory, Map<String, Keeping> keeping) throws IOException {
        this.grid = grid;
        this.keeping = Map.copyOf(keeping);
        store = MemberStore.open(directory);
        keeping.keySet().forEach(this::map);
        restore();
        grid.onMerge(this::restore);
    }

    /** Gives the grid what it lacks. */
    private void restore() {
        maps.forEach((name, map) -> {
            if (map instanceof KeptMap shared) {
                shared.restore();
            }
        });
    }

    @Override
    public GridMap map(String name) {
        var how = keeping.get(name);
        if (how == null) {
            return grid.map(name);
        }
        return maps.computeIfAbsent(name, _ -> how == Keeping.OWN ? new OwnMap(name, store) : new KeptMap(name, grid.map(name), store, how));
    }

    @Override
    public void put(List<Entry> entries) {
        entries.forEach(entry -> {
            if (map(entry.map()) instanceof KeptMap keptMap) {
                keptMap.write(entry.key(), entry.value(), entry.lifetime());
            }
        });
        entries.forEach(entry -> entry.putInto(map(entry.map()) instanceof KeptMap keptMap ? keptMap.shared : map(entry.map())));
    }

    @Override
    public void settle() {
        store.settle();
    }

    @Override
    public void publish(String topic, byte[] message) {
        grid.publish(topic, message);
    }

    @Override
    public Subscription listen(String topic, Consumer<byte[]> listener) {
        return grid.listen(topic, listener);
    }

    @Override
    public void onMerge(Runnable action) {
        grid.onMerge(action);
    }

    @Override
    public void close() {
        maps.values().forEach(map -> {
            if (map instanceof KeptMap shared) {
                shared.watching.close();
            }
        });
        store.close();
    }

    private static final class KeptMap implements GridMap {
        private final String name;
        private final GridMap shared;
        private final MemberStore store;
        private final Keeping how;
        private final Subscription watching;

        KeptMap(String name, GridMap shared, MemberStore store, Keeping how) {
            this.name = name;
            this.shared = shared;
            this.store = store;
            this.how = how;
            watching = shared.watch(this::keep);
        }

        /** Keeps what any member changed. */
        private void keep(Change change) {
            change.after().ifPresentOrElse(value -> {
                if (!store.holds(name, change.key(), value)) {
                    store.put(name, change.key(), value, how == Keeping.EXPIRING ? System.currentTimeMillis() + UNKNOWN_LIFETIME.toMillis() : 0);
                }
            }, () -> store.remove(name, change.key()));
        }

        void restore() {
            var present = shared.keys();
            store.forEach(name, (key, entry) -> {
                if (present.contains(key)) {
                    return;
                }
                if (entry.leftMillis() == 0) {
                    shared.putIfAbsent(key, entry.value());
                } else {
                    shared.put(key, entry.value(), Duration.ofMillis(entry.leftMillis()));
                }
            });
        }

        /** To this process' file, from where it goes to disk in its turn. */
        void write(String key, String value, Duration lifetime) {
            store.put(name, key, value, lifetime.isZero() ? 0 : System.currentTimeMillis() + lifetime.toMillis());
        }

        @Override
        public Optional<String> get(String key) {
            return shared.get(key);
        }

        @Override
        public Optional<String> recall(String key) {
            return shared.get(key).or(() -> store.get(name, key));
        }

        @Override
        public void retain(String key) {
            if (!store.has(name, key)) {
                shared.get(key).ifPresent(value -> keep(new Change(key, Optional.empty(), Optional.of(value))));
            }
        }

        @Override
        public void put(String key, String value) {
            write(key, value, Duration.ZERO);
            shared.put(key, value);
        }

        @Override
        public void put(String key, String value, Duration lifetime) {
            write(key, value, lifetime);
            shared.put(key, value, lifetime);
        }

        @Override
        public boolean putIfAbsent(String key, String value) {
            boolean free = shared.putIfAbsent(key, value);
            if (free) {
                write(key, value, Duration.ZERO);
            }
            return free;
        }

        @Override
        public boolean replace(String key, String expected, String value) {
            boolean replaced = shared.replace(key, expected, value);
            if (replaced) {
                write(key, value, Duration.ZERO);
            }
            return replaced;
        }

        @Override
        public void remove(String key) {
            store.remove(name, key);
            shared.remove(key);
        }

        @Override
        public Map<String, String> entries() {
            return shared.entries();
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
        public Subscription watch(Consumer<Change> listener) {
            return shared.watch(listener);
        }
    }
}

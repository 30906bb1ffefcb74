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
    private final Set<String> synced;
    private final Set<String> kept;
    private final Set<String> own;
    private final Map<String, GridMap> maps = new ConcurrentHashMap<>();

    /**
     * @param directory of this member's file; others may have theirs there
     * @param synced maps in which an entry is on disk before anybody sees it
     * @param kept maps whose entries outlive the death of all processes
     * @param own maps of this member alone, kept likewise
     * @throws IOException if nothing can be written there
     */
    public DurableGrid(Grid grid, Path directory, Set<String> synced, Set<String> kept, Set<String> own) throws IOException {
        this.grid = grid;
        this.synced = synced;
        this.kept = kept;
        this.own = own;
        store = MemberStore.open(directory);
        synced.forEach(this::map);
        kept.forEach(this::map);
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
        if (own.contains(name)) {
            return maps.computeIfAbsent(name, _ -> new OwnMap(name, store));
        }
        if (synced.contains(name) || kept.contains(name)) {
            return maps.computeIfAbsent(name, _ -> new KeptMap(name, grid.map(name), store, synced.contains(name)));
        }
        return grid.map(name);
    }

    @Override
    public void put(List<Entry> entries) {
        entries.forEach(entry -> {
            if (map(entry.map()) instanceof KeptMap keptMap) {
                keptMap.write(entry.key(), entry.value(), entry.lifetime());
            }
        });
        if (entries.stream().anyMatch(entry -> synced.contains(entry.map()))) {
            store.settle();
        }
        entries.forEach(entry -> entry.putInto(map(entry.map()) instanceof KeptMap keptMap ? keptMap.shared : map(entry.map())));
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
        private final boolean synced;
        private final Subscription watching;

        KeptMap(String name, GridMap shared, MemberStore store, boolean synced) {
            this.name = name;
            this.shared = shared;
            this.store = store;
            this.synced = synced;
            watching = shared.watch(this::keep);
        }

        /** Keeps what any member changed. */
        private void keep(Change change) {
            change.after().ifPresentOrElse(value -> {
                if (!store.holds(name, change.key(), value)) {
                    store.put(name, change.key(), value, synced ? 0 : System.currentTimeMillis() + UNKNOWN_LIFETIME.toMillis());
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

        private void keep(String key, String value, Duration lifetime) {
            write(key, value, lifetime);
            if (synced) {
                store.settle();
            }
        }

        @Override
        public Optional<String> get(String key) {
            return shared.get(key);
        }

        @Override
        public void put(String key, String value) {
            keep(key, value, Duration.ZERO);
            shared.put(key, value);
        }

        @Override
        public void put(String key, String value, Duration lifetime) {
            keep(key, value, lifetime);
            shared.put(key, value, lifetime);
        }

        @Override
        public boolean putIfAbsent(String key, String value) {
            boolean free = shared.putIfAbsent(key, value);
            if (free) {
                keep(key, value, Duration.ZERO);
            }
            return free;
        }

        @Override
        public boolean replace(String key, String expected, String value) {
            boolean replaced = shared.replace(key, expected, value);
            if (replaced) {
                keep(key, value, Duration.ZERO);
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

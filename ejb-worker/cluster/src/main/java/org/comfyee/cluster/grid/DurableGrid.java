package org.comfyee.cluster.grid;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A grid some of whose maps outlive a restart of all members: members keep copies of them on their disks, and each gives
 * back what the grid lacks when it joins, and learns what it lacks itself.
 */
public final class DurableGrid implements Grid {
    private static final System.Logger LOG = System.getLogger(DurableGrid.class.getName());
    /** How long another member's entry is kept that goes by itself, when is not told. */
    private static final Duration UNKNOWN_LIFETIME = Duration.ofDays(1);

    private final Grid grid;
    private final MemberStore store;
    private final Map<String, Keeping> keeping;
    private final Map<String, GridMap> maps = new ConcurrentHashMap<>();
    private final Thread copying;
    private volatile boolean closed;

    /** How this member keeps a map. */
    public enum Keeping {
        /** Entries outlive the death of all processes, and after {@link #settle} a power cut. */
        WRITTEN,
        /** Likewise, and go by themselves. */
        EXPIRING,
        /** As {@link #WRITTEN}, but what others write is not kept here, unless it is {@linkplain GridMap#retain retained}. */
        WRITTEN_HERE,
        /** Likewise, and entries go by themselves. */
        EXPIRING_HERE,
        /** As {@link #WRITTEN}, of this member alone: others do not know the map. */
        OWN;

        boolean expires() {
            return this == EXPIRING || this == EXPIRING_HERE;
        }

        boolean copies() {
            return this == WRITTEN || this == EXPIRING;
        }
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
        keptMaps().forEach(KeptMap::restore);
        // There may be much of it, and nothing waits for it.
        copying = Thread.ofVirtual().name("grid-copies").start(this::copyMissing);
        grid.onMerge(() -> {
            if (!closed) {
                keptMaps().forEach(KeptMap::restore);
                copyMissing();
            }
        });
    }

    /** Keeps what was written while this member was away, and not what it had before in place of that. */
    private void copyMissing() {
        try {
            keptMaps().stream().filter(map -> map.how.copies()).forEach(map -> map.shared.keys().forEach(key -> {
                if (!closed) {
                    map.copy(key);
                }
            }));
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "not all that the data grid has could be copied to disk; other members have it", e);
        }
    }

    private List<KeptMap> keptMaps() {
        return maps.values().stream().filter(KeptMap.class::isInstance).map(KeptMap.class::cast).toList();
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
        var shared = new ArrayList<Entry>();
        entries.forEach(entry -> {
            switch (map(entry.map())) {
                case KeptMap kept -> {
                    kept.write(entry.key(), entry.value(), entry.lifetime());
                    shared.add(entry);
                }
                case OwnMap own -> entry.putInto(own);
                default -> shared.add(entry);
            }
        });
        grid.put(shared);
    }

    @Override
    public List<Optional<String>> get(String key, List<String> names) {
        return isOfOne(names) ? Grid.super.get(key, names) : grid.get(key, names);
    }

    @Override
    public void remove(String key, List<String> names) {
        if (isOfOne(names)) {
            Grid.super.remove(key, names);
            return;
        }
        names.forEach(name -> {
            if (map(name) instanceof KeptMap kept) {
                store.remove(name, key);
            }
        });
        grid.remove(key, names);
    }

    /** Whether some of the maps are this member's alone. */
    private boolean isOfOne(List<String> names) {
        return names.stream().anyMatch(name -> keeping.get(name) == Keeping.OWN);
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
        closed = true;
        try {
            copying.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        keptMaps().forEach(map -> map.watching.close());
        store.close();
        grid.close();
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
            watching = how.copies() ? shared.watch(this::keep) : shared.watchRemovals(key -> store.remove(name, key));
        }

        /** Keeps what any member changed. */
        private void keep(Change change) {
            change.after().ifPresentOrElse(value -> {
                if (!store.holds(name, change.key(), value)) {
                    store.put(name, change.key(), value, how.expires() ? System.currentTimeMillis() + UNKNOWN_LIFETIME.toMillis() : 0);
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

        /** Keeps what the grid has; what goes by itself never changes. */
        void copy(String key) {
            if (how.expires() && store.has(name, key)) {
                return;
            }
            var value = shared.get(key);
            var kept = Optional.<String>empty();
            // It may have been changed meanwhile, and that been told before it was kept.
            while (!value.equals(kept)) {
                keep(new Change(key, kept, value));
                kept = value;
                value = shared.get(key);
            }
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
        public Map<String, String> recallAll(Set<String> keys) {
            var known = new HashMap<>(shared.recallAll(keys));
            keys.forEach(key -> {
                if (!known.containsKey(key)) {
                    store.get(name, key).ifPresent(value -> known.put(key, value));
                }
            });
            return known;
        }

        @Override
        public void retain(String key) {
            if (!store.has(name, key)) {
                copy(key);
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

package org.comfyee.cluster.grid;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A cluster of one process. Its applications may have class loaders of their own, so what they share lies where all see it and
 * consists of the JDK's types only.
 */
public final class LocalGrid implements Grid {
    private static final String MAPS = "comfyee.local-grid.maps";
    /** Whoever watches a map is told key, value before and value after. */
    private static final String WATCHERS = "comfyee.local-grid.watchers";
    private static final String TOPICS = "comfyee.local-grid.topics";

    private final String name;
    private final Map<String, Map<String, String>> maps = shared(MAPS);
    private final Map<String, List<Consumer<byte[]>>> topics = shared(TOPICS);
    private final Map<String, List<Consumer<String[]>>> watchers = shared(WATCHERS);

    public LocalGrid() {
        this("");
    }

    /** A grid that shares nothing with those of another name. */
    public LocalGrid(String name) {
        this.name = name;
    }

    @SuppressWarnings("unchecked")
    private static <T> Map<String, T> shared(String property) {
        return (Map<String, T>) System.getProperties().computeIfAbsent(property, _ -> new ConcurrentHashMap<String, T>());
    }

    @Override
    public GridMap map(String map) {
        var key = name + map;
        return new LocalMap(maps.computeIfAbsent(key, _ -> new ConcurrentHashMap<>()),
                watchers.computeIfAbsent(key, _ -> new CopyOnWriteArrayList<>()));
    }

    @Override
    public void publish(String topic, byte[] message) {
        topics.getOrDefault(name + topic, List.of()).forEach(listener -> listener.accept(message));
    }

    @Override
    public Subscription listen(String topic, Consumer<byte[]> listener) {
        var listeners = topics.computeIfAbsent(name + topic, _ -> new CopyOnWriteArrayList<>());
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** One process is never cut off from itself. */
    @Override
    public void onMerge(Runnable action) {}

    /** An entry that goes by itself is stored behind the time of its end. */
    private record LocalMap(Map<String, String> entries, List<Consumer<String[]>> watchers) implements GridMap {
        private static final char END = '\u0001';
        private static final int CLEAN_EVERY = 1024;

        @Override
        public Optional<String> get(String key) {
            return Optional.ofNullable(entries.get(key)).flatMap(LocalMap::alive);
        }

        private static Optional<String> alive(String stored) {
            if (stored.isEmpty() || stored.charAt(0) != END) {
                return Optional.of(stored);
            }
            int end = stored.indexOf(END, 1);
            return Long.parseLong(stored.substring(1, end)) > System.currentTimeMillis() ? Optional.of(stored.substring(end + 1)) : Optional.empty();
        }

        @Override
        public void put(String key, String value) {
            tell(key, entries.put(key, value), value);
        }

        private void tell(String key, String before, String after) {
            watchers.forEach(watcher -> watcher.accept(new String[] {key, before, after}));
        }

        @Override
        public void put(String key, String value, Duration lifetime) {
            if (entries.size() % CLEAN_EVERY == 0) {
                entries.forEach(this::removeIfOver);
            }
            var stored = "" + END + (System.currentTimeMillis() + lifetime.toMillis()) + END + value;
            tell(key, entries.put(key, stored), stored);
        }

        private void removeIfOver(String key, String stored) {
            if (alive(stored).isEmpty() && entries.remove(key, stored)) {
                tell(key, stored, null);
            }
        }

        @Override
        public boolean putIfAbsent(String key, String value) {
            boolean free = entries.putIfAbsent(key, value) == null;
            if (free) {
                tell(key, null, value);
            }
            return free;
        }

        @Override
        public boolean replace(String key, String expected, String value) {
            boolean replaced = entries.replace(key, expected, value);
            if (replaced) {
                tell(key, expected, value);
            }
            return replaced;
        }

        @Override
        public void remove(String key) {
            var before = entries.remove(key);
            if (before != null) {
                tell(key, before, null);
            }
        }

        @Override
        public Map<String, String> entries() {
            var alive = new HashMap<String, String>();
            entries.forEach((key, stored) -> alive(stored).ifPresent(value -> alive.put(key, value)));
            return alive;
        }

        @Override
        public Set<String> keys() {
            return entries().keySet();
        }

        @Override
        public int size() {
            return entries.size();
        }

        @Override
        public Subscription watch(Consumer<Change> listener) {
            Consumer<String[]> watcher = change -> listener.accept(new Change(change[0], value(change[1]), value(change[2])));
            watchers.add(watcher);
            return () -> watchers.remove(watcher);
        }

        private static Optional<String> value(String stored) {
            return Optional.ofNullable(stored).flatMap(LocalMap::alive);
        }
    }
}

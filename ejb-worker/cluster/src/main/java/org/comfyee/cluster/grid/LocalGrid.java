package org.comfyee.cluster.grid;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A cluster of one process. Its applications have class loaders of their own, so what they share lies where all see it and
 * consists of the JDK's types only.
 */
public final class LocalGrid implements Grid {
    private static final String MAPS = "comfyee.local-grid.maps";
    private static final String TOPICS = "comfyee.local-grid.topics";

    private final Map<String, Map<String, String>> maps = shared(MAPS);
    private final Map<String, List<Consumer<byte[]>>> topics = shared(TOPICS);

    @SuppressWarnings("unchecked")
    private static <T> Map<String, T> shared(String name) {
        return (Map<String, T>) System.getProperties().computeIfAbsent(name, _ -> new ConcurrentHashMap<String, T>());
    }

    @Override
    public GridMap map(String name) {
        return new LocalMap(maps.computeIfAbsent(name, _ -> new ConcurrentHashMap<>()));
    }

    @Override
    public void publish(String topic, byte[] message) {
        topics.getOrDefault(topic, List.of()).forEach(listener -> listener.accept(message));
    }

    @Override
    public Subscription listen(String topic, Consumer<byte[]> listener) {
        var listeners = topics.computeIfAbsent(topic, _ -> new CopyOnWriteArrayList<>());
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** An entry that goes by itself is stored behind the time of its end. */
    private record LocalMap(Map<String, String> entries) implements GridMap {
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
            entries.put(key, value);
        }

        @Override
        public void put(String key, String value, Duration lifetime) {
            if (entries.size() % CLEAN_EVERY == 0) {
                entries.values().removeIf(stored -> alive(stored).isEmpty());
            }
            entries.put(key, "" + END + (System.currentTimeMillis() + lifetime.toMillis()) + END + value);
        }

        @Override
        public boolean putIfAbsent(String key, String value) {
            return entries.putIfAbsent(key, value) == null;
        }

        @Override
        public boolean replace(String key, String expected, String value) {
            return entries.replace(key, expected, value);
        }

        @Override
        public void remove(String key) {
            entries.remove(key);
        }

        @Override
        public Map<String, String> entries() {
            var alive = new HashMap<String, String>();
            entries.forEach((key, stored) -> alive(stored).ifPresent(value -> alive.put(key, value)));
            return alive;
        }

        @Override
        public int size() {
            return entries.size();
        }
    }
}

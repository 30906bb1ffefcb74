package org.comfyee.cluster.grid;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.topic.ITopic;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A cluster of several processes, held together by Hazelcast; each entry has one synchronous copy on another member. */
public final class HazelcastGrid implements Grid {
    private final HazelcastInstance hazelcast;

    public HazelcastGrid(HazelcastInstance hazelcast) {
        this.hazelcast = hazelcast;
    }

    @Override
    public GridMap map(String name) {
        return new SharedMap(hazelcast.getMap(name));
    }

    @Override
    public void publish(String topic, byte[] message) {
        hazelcast.<byte[]>getTopic(topic).publish(message);
    }

    @Override
    public Subscription listen(String topic, Consumer<byte[]> listener) {
        ITopic<byte[]> shared = hazelcast.getTopic(topic);
        var registration = shared.addMessageListener(message -> listener.accept(message.getMessageObject()));
        return () -> shared.removeMessageListener(registration);
    }

    private record SharedMap(IMap<String, String> entriesByKey) implements GridMap {
        @Override
        public Optional<String> get(String key) {
            return Optional.ofNullable(entriesByKey.get(key));
        }

        @Override
        public void put(String key, String value) {
            entriesByKey.set(key, value);
        }

        @Override
        public void put(String key, String value, Duration lifetime) {
            entriesByKey.set(key, value, lifetime.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public boolean putIfAbsent(String key, String value) {
            return entriesByKey.putIfAbsent(key, value) == null;
        }

        @Override
        public boolean replace(String key, String expected, String value) {
            return entriesByKey.replace(key, expected, value);
        }

        @Override
        public void remove(String key) {
            entriesByKey.delete(key);
        }

        @Override
        public Map<String, String> entries() {
            var copy = new HashMap<String, String>();
            entriesByKey.entrySet().forEach(entry -> copy.put(entry.getKey(), entry.getValue()));
            return copy;
        }

        @Override
        public int size() {
            return entriesByKey.size();
        }
    }
}

package org.comfyee.cluster.grid;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.topic.ITopic;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A cluster of several processes, held together by Hazelcast; each entry has one synchronous copy on another member. */
public final class HazelcastGrid implements Grid {
    private final HazelcastInstance hazelcast;
    private final Map<String, ITopic<byte[]>> topics = new ConcurrentHashMap<>();

    public HazelcastGrid(HazelcastInstance hazelcast) {
        this.hazelcast = hazelcast;
    }

    @Override
    public GridMap map(String name) {
        return detached(() -> new SharedMap(hazelcast.getMap(name)));
    }

    @Override
    public void publish(String topic, byte[] message) {
        topics.computeIfAbsent(topic, this::topic).publish(message);
    }

    private ITopic<byte[]> topic(String name) {
        return detached(() -> hazelcast.getTopic(name));
    }

    @Override
    public Subscription listen(String topic, Consumer<byte[]> listener) {
        var shared = topics.computeIfAbsent(topic, this::topic);
        var registration = shared.addMessageListener(message -> listener.accept(message.getMessageObject()));
        return () -> shared.removeMessageListener(registration);
    }

    /**
     * Payara ties what an application makes to that application, and other members, which do not have it, cannot read the
     * tie. So maps and topics are made by a thread that belongs to no application.
     */
    private static <T> T detached(Supplier<T> creation) {
        var result = new CompletableFuture<T>();
        Thread.ofPlatform().inheritInheritableThreadLocals(false).name("grid").start(() -> {
            try {
                result.complete(creation.get());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result.join();
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

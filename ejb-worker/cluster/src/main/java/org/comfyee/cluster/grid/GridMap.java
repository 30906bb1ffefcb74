package org.comfyee.cluster.grid;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A map that all members of a cluster share; every method is atomic. */
public interface GridMap {
    Optional<String> get(String key);

    /** What {@link #get} says, or what this member last knew of an entry that went with its members. That may be a moment old. */
    default Optional<String> recall(String key) {
        return get(key);
    }

    /** What {@link #recall} says of several keys, asked for at once; nothing of those of which it says nothing. */
    default Map<String, String> recallAll(Set<String> keys) {
        var known = new HashMap<String, String>();
        keys.forEach(key -> recall(key).ifPresent(value -> known.put(key, value)));
        return known;
    }

    /** Makes this member keep an entry on its disk, if the map is kept there: news of the entry may still be on their way. */
    default void retain(String key) {}

    void put(String key, String value);

    /** The entry goes after that time. */
    void put(String key, String value, Duration lifetime);

    /** @return whether the key was free */
    boolean putIfAbsent(String key, String value);

    /** @return whether the entry had that value */
    boolean replace(String key, String expected, String value);

    void remove(String key);

    /** A copy of all entries. */
    Map<String, String> entries();

    int size();

    /** A copy of all keys. */
    Set<String> keys();

    /**
     * Tells of every change from now on. Changes of one key are told in their order where several processes share the
     * map; within one process two that happen at once may be told the other way round.
     *
     * @param listener must be quick and must not wait for anything
     * @return ends the watching
     */
    Subscription watch(Consumer<Change> listener);

    /** Tells as {@link #watch} does of keys that go, by themselves or removed. */
    default Subscription watchRemovals(Consumer<String> listener) {
        return watch(change -> {
            if (change.after().isEmpty()) {
                listener.accept(change.key());
            }
        });
    }

    /** What happened to a key; no value where there is none, or where the one before is not known. */
    record Change(String key, Optional<String> before, Optional<String> after) {}
}

package org.comfyee.cluster.grid;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A map that all members of a cluster share; every method is atomic. */
public interface GridMap {
    Optional<String> get(String key);

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
}

package org.comfyee.cluster.grid;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Maps and topics that all members of a cluster share. Holds text and bytes only: the members run different applications. */
public interface Grid extends AutoCloseable {
    GridMap map(String name);

    /**
     * Puts entries into their maps, without waiting for one before the next; where they are kept beyond the life of a process,
     * that is done before.
     */
    default void put(List<Entry> entries) {
        entries.forEach(entry -> entry.putInto(map(entry.map())));
    }

    /** What several maps have of a key, in their order, asked for at once. */
    default List<Optional<String>> get(String key, List<String> maps) {
        return maps.stream().map(name -> map(name).get(key)).toList();
    }

    /** Removes a key from several maps at once. */
    default void remove(String key, List<String> maps) {
        maps.forEach(name -> map(name).remove(key));
    }

    /** Waits until all that this member keeps on disk is safe from a power cut. */
    default void settle() {}

    /** Sends a message to all listeners of a topic, also those of this process; messages of one sender keep their order. */
    void publish(String topic, byte[] message);

    /** @return ends the listening */
    Subscription listen(String topic, Consumer<byte[]> listener);

    /**
     * Has something done each time that entries may be missing or be old: this member was cut off from others and has come
     * together with them again, or so many members went at once that both copies of some entries went with them.
     */
    void onMerge(Runnable action);

    /** Ends what this grid hears of its members, and gives its files on disk to others. */
    @Override
    default void close() {}

    /**
     * A value for a map.
     *
     * @param lifetime after which it goes; zero if it stays
     */
    record Entry(String map, String key, String value, Duration lifetime) {
        void putInto(GridMap target) {
            if (lifetime.isZero()) {
                target.put(key, value);
            } else {
                target.put(key, value, lifetime);
            }
        }
    }
}

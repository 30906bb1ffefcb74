package org.comfyee.cluster.grid;

import java.util.function.Consumer;

/** Maps and topics that all members of a cluster share. Holds text and bytes only: the members run different applications. */
public interface Grid {
    GridMap map(String name);

    /** Sends a message to all listeners of a topic, also those of this process; messages of one sender keep their order. */
    void publish(String topic, byte[] message);

    /** @return ends the listening */
    Subscription listen(String topic, Consumer<byte[]> listener);

    /** Has something done each time that this member was cut off from others and has come together with them again. */
    void onMerge(Runnable action);
}

package org.comfyee.cluster.worker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.grid.LocalGrid;

/** Lets the program that started this process tell its workers, which are another application, to leave in peace. */
public final class Drain {
    private static final String TOPIC = "comfyee.drain";
    private static final long LOOK_MILLIS = 20;
    private static final long GRACE_MILLIS = 2_000;

    private Drain() {}

    private static GridMap pending() {
        return new LocalGrid().map(TOPIC);
    }

    /**
     * @param leave gets the time that it may take and returns when all is done
     * @return ends the listening
     */
    public static AutoCloseable onRequest(Consumer<Duration> leave) {
        var id = UUID.randomUUID().toString();
        pending().put(id, "works");
        var subscription = new LocalGrid().listen(TOPIC, patience -> Thread.ofPlatform().name("drain").start(() -> {
            try {
                leave.accept(Duration.parse(new String(patience, StandardCharsets.UTF_8)));
            } finally {
                pending().remove(id);
            }
        }));
        return () -> {
            subscription.close();
            pending().remove(id);
        };
    }

    /** Tells the workers of this process to leave and waits until they have, or that time is over. */
    public static void request(Duration patience) throws InterruptedException {
        new LocalGrid().publish(TOPIC, patience.toString().getBytes(StandardCharsets.UTF_8));
        long end = System.nanoTime() + patience.toNanos() + GRACE_MILLIS * 1_000_000;
        while (pending().size() > 0 && System.nanoTime() < end) {
            Thread.sleep(LOOK_MILLIS);
        }
    }
}

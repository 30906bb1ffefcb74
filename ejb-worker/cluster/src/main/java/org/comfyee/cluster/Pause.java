package org.comfyee.cluster;

import java.time.Duration;

/** The pause of those who try again and again. */
public final class Pause {
    private Pause() {}

    /** @return whether it is over; if not, the thread was told to end, and stays marked so */
    public static boolean of(Duration duration) {
        try {
            Thread.sleep(duration);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

package org.comfyee.cluster.grid;

/** A listening that can be ended. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
    @Override
    void close();
}

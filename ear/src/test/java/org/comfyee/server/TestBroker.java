package org.comfyee.server;

import java.io.IOException;

/** A broker that can be killed and started again. */
interface TestBroker extends AutoCloseable {
    /** Kills it as if by {@code kill -9}. */
    void kill() throws InterruptedException;

    /** The same once more, after it was killed. */
    TestBroker again() throws IOException, InterruptedException;

    /** Waits until it can be connected to. */
    TestBroker awaitReady() throws IOException, InterruptedException;

    @Override
    void close();
}

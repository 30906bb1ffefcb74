package org.comfyee.web.socket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * What a client is still to get, in order. One frame is on its way at a time; a client that does not keep up loses
 * previews first, then its connection, so that it holds up nobody and fills no memory.
 */
final class Outbox implements SendHandler {
    private static final System.Logger LOG = System.getLogger(Outbox.class.getName());
    private static final long MOST_WAITING_BYTES = 8 << 20;

    private final Session session;
    private final ArrayDeque<Object> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean sending;

    Outbox(Session session) {
        this.session = session;
    }

    void offer(String text) {
        offer(text, text.length(), false);
    }

    void offer(byte[] frame) {
        offer(frame, frame.length, true);
    }

    private void offer(Object frame, int size, boolean dispensable) {
        synchronized (this) {
            if (waitingBytes + size > MOST_WAITING_BYTES) {
                if (!dispensable) {
                    close();
                }
                return;
            }
            if (sending) {
                waiting.add(frame);
                waitingBytes += size;
                return;
            }
            sending = true;
        }
        send(frame);
    }

    private void send(Object frame) {
        try {
            switch (frame) {
                case String text -> session.getAsyncRemote().sendText(text, this);
                case byte[] bytes -> session.getAsyncRemote().sendBinary(ByteBuffer.wrap(bytes), this);
                default -> throw new IllegalStateException("no frame: " + frame);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "a websocket is gone", e);
            close();
        }
    }

    @Override
    public void onResult(SendResult result) {
        if (!result.isOK()) {
            close();
            return;
        }
        Object next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                sending = false;
                return;
            }
            waitingBytes -= next instanceof String text ? text.length() : ((byte[]) next).length;
        }
        send(next);
    }

    private void close() {
        Thread.startVirtualThread(() -> {
            try {
                session.close(new CloseReason(CloseReason.CloseCodes.TRY_AGAIN_LATER, "the client is too slow"));
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "closing a websocket failed", e);
            }
        });
    }
}

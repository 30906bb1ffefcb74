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
 * What a client is still to get, in order, from before its connection is open. One frame is on its way at a time; a client
 * that does not keep up loses previews first, then its connection, so that it holds up nobody and fills no memory.
 */
final class Outbox implements SendHandler {
    private static final System.Logger LOG = System.getLogger(Outbox.class.getName());
    private static final long MOST_WAITING_BYTES = 8 << 20;
    /** Previews leave room for messages. */
    private static final long MOST_BYTES_FOR_PREVIEWS = MOST_WAITING_BYTES / 2;
    /** A batch of large pictures waits for a client that reads it as fast as its line allows. */
    private static final long MOST_BYTES_OF_RESULTS = 64 << 20;
    /** With so many waiting, of states that follow each other the client gets the last. */
    private static final int MANY = 100;

    /** Null until the connection is open. */
    private Session session;
    private final ArrayDeque<Frame> waiting = new ArrayDeque<>();
    /** Without results. */
    private long waitingBytes;
    private long waitingResults;
    private boolean onItsWay;
    /** Whether some thread sends what waits. A frame's end may be told before sending it returns, which must not nest. */
    private boolean busy;
    private boolean overfull;
    private boolean closing;

    /** From now on frames are sent, first those that wait. */
    void open(Session opened) {
        synchronized (this) {
            session = opened;
            if (overfull) {
                close();
                return;
            }
            busy = true;
        }
        sendWaiting();
    }

    synchronized boolean isOpen() {
        return session != null;
    }

    /** @param kind what becomes of it if the client does not keep up */
    private record Frame(Object content, int size, Kind kind) {}

    private enum Kind {
        MESSAGE,
        STATE,
        PREVIEW,
        RESULT
    }

    void offer(String message) {
        offer(new Frame(message, message.length(), Kind.MESSAGE));
    }

    /** A message that tells how things are, so that it makes those of its kind before it worthless. */
    void offerState(String message) {
        offer(new Frame(message, message.length(), Kind.STATE));
    }

    void offer(byte[] preview) {
        offer(new Frame(preview, preview.length, Kind.PREVIEW));
    }

    /** A picture that the client gets in no other way. */
    void offerResult(byte[] picture) {
        offer(new Frame(picture, picture.length, Kind.RESULT));
    }

    private void offer(Frame frame) {
        synchronized (this) {
            if (waiting.size() >= MANY && frame.kind() == Kind.STATE && waiting.getLast().kind() == Kind.STATE) {
                count(waiting.removeLast(), -1);
            }
            if (frame.kind() == Kind.PREVIEW && waitingBytes + frame.size() > MOST_BYTES_FOR_PREVIEWS) {
                return;
            }
            boolean fits = frame.kind() == Kind.RESULT
                    ? waitingResults + frame.size() <= MOST_BYTES_OF_RESULTS
                    : waitingBytes + frame.size() <= MOST_WAITING_BYTES;
            if (!fits) {
                overfull = true;
                close();
                return;
            }
            waiting.add(frame);
            count(frame, 1);
            if (session == null || onItsWay || busy) {
                return;
            }
            busy = true;
        }
        sendWaiting();
    }

    private void count(Frame frame, int sign) {
        if (frame.kind() == Kind.RESULT) {
            waitingResults += (long) sign * frame.size();
        } else {
            waitingBytes += (long) sign * frame.size();
        }
    }

    private void sendWaiting() {
        while (true) {
            Frame next;
            synchronized (this) {
                if (onItsWay || waiting.isEmpty()) {
                    busy = false;
                    return;
                }
                next = waiting.poll();
                count(next, -1);
                onItsWay = true;
            }
            send(next);
        }
    }

    private void send(Frame frame) {
        var thread = Thread.currentThread();
        var loader = thread.getContextClassLoader();
        // With each frame Tyrus starts a timer, for which Payara looks into all jars that the thread's class loader knows.
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            switch (frame.content()) {
                case String text -> session.getAsyncRemote().sendText(text, this);
                case byte[] bytes -> session.getAsyncRemote().sendBinary(ByteBuffer.wrap(bytes), this);
                default -> throw new IllegalStateException("no frame: " + frame);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "a websocket is gone", e);
            close();
        } finally {
            thread.setContextClassLoader(loader);
        }
    }

    @Override
    public void onResult(SendResult result) {
        if (!result.isOK()) {
            close();
            return;
        }
        synchronized (this) {
            onItsWay = false;
            if (busy) {
                return;
            }
            busy = true;
        }
        sendWaiting();
    }

    private synchronized void close() {
        if (session == null || closing) {
            return;
        }
        closing = true;
        Thread.startVirtualThread(() -> {
            try {
                session.close(new CloseReason(CloseReason.CloseCodes.TRY_AGAIN_LATER, "the client is too slow"));
            } catch (IOException | IllegalStateException e) {
                // The client may have closed it meanwhile.
                LOG.log(Level.DEBUG, "closing a websocket failed", e);
            }
        });
    }
}

package org.comfyee.web.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of frames for a client that reads, one that does not, and one that begins to. */
class OutboxTest {
    private final List<Object> sent = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger closings = new AtomicInteger();
    private final Outbox outbox = new Outbox();
    private boolean reads;
    private SendHandler last;

    private Session session() {
        var remote = proxy(RemoteEndpoint.Async.class, arguments -> {
            sent.add(arguments[0] instanceof ByteBuffer bytes ? "preview of " + bytes.remaining() : arguments[0]);
            last = (SendHandler) arguments[1];
            if (reads) {
                last.onResult(new SendResult());
            }
            return null;
        });
        return proxy(Session.class, arguments -> {
            if (arguments != null) {
                closings.incrementAndGet();
                closed.countDown();
            }
            return arguments == null ? remote : null;
        });
    }

    private interface Answer {
        Object to(Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, _, arguments) -> answer.to(arguments)));
    }

    private void beginToRead() {
        reads = true;
        last.onResult(new SendResult());
    }

    @Test
    void whatComesBeforeTheConnectionIsOpenIsSentFirst() {
        outbox.offer("first");
        outbox.offer(new byte[5]);
        assertEquals(List.of(), sent);
        reads = true;
        outbox.open(session());
        outbox.offer("last");
        assertEquals(List.of("first", "preview of 5", "last"), sent);
    }

    @Test
    void whoGetsTooMuchBeforeItIsConnectedIsDisconnected() throws Exception {
        var text = "x".repeat(1 << 20);
        for (int i = 0; i < 20; i++) {
            outbox.offer(text);
        }
        outbox.open(session());
        assertTrue(closed.await(10, TimeUnit.SECONDS));
        assertEquals(List.of(), sent);
    }

    @Test
    void framesWaitForEachOtherHoweverMany() {
        outbox.open(session());
        for (int i = 0; i < 50_000; i++) {
            outbox.offer("message " + i);
        }
        assertEquals(List.of("message 0"), sent);
        beginToRead();
        assertEquals(50_000, sent.size());
        assertEquals("message 49999", sent.getLast());
    }

    @Test
    void previewsAreLeftOutForWhoDoesNotKeepUp() throws Exception {
        outbox.open(session());
        var preview = new byte[1 << 20];
        for (int i = 0; i < 50; i++) {
            outbox.offer(preview);
        }
        outbox.offer("the end");
        beginToRead();
        assertTrue(sent.size() > 5 && sent.size() < 15, () -> sent.size() + " frames");
        assertEquals("the end", sent.getLast());
        assertEquals(1, closed.getCount());
    }

    @Test
    void resultsWaitForWhoReadsThemSlowly() throws Exception {
        outbox.open(session());
        for (int i = 0; i < 50; i++) {
            outbox.offerResult(new byte[1 << 20]);
            outbox.offer("picture " + i);
        }
        beginToRead();
        assertEquals(100, sent.size());
        assertEquals(1, closed.getCount());
    }

    @Test
    void whoDoesNotEvenReadMessagesIsDisconnected() throws Exception {
        outbox.open(session());
        var text = "x".repeat(1 << 20);
        for (int i = 0; i < 20; i++) {
            outbox.offer(text);
        }
        assertTrue(closed.await(10, TimeUnit.SECONDS));
        // Closing is slow: others come meanwhile, and what they start may come late.
        Thread.sleep(50);
        assertEquals(1, closings.get());
    }

    @Test
    void ofManyStatesThatWaitTheLastIsSent() {
        outbox.open(session());
        for (int i = 0; i < 1000; i++) {
            outbox.offerState("state " + i);
        }
        outbox.offer("message");
        beginToRead();
        assertTrue(sent.size() < 120, () -> sent.size() + " frames");
        assertEquals(List.of("state 0", "state 1", "state 2"), sent.subList(0, 3));
        assertEquals(List.of("state 999", "message"), sent.subList(sent.size() - 2, sent.size()));
    }
}

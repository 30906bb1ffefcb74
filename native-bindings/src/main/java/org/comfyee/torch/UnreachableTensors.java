package org.comfyee.torch;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.comfyee.torch.ffm.TorchShim;

/**
 * Frees tensors that have left all scopes once they are unreachable.
 *
 * <p>The garbage collector does not see native memory, so, as with direct buffers, the bytes are counted here and a
 * collection is asked for each time that another {@link #STEP} of them have gathered.
 */
final class UnreachableTensors {
    private static final long STEP = 256L << 20;
    private static final long PATIENCE_MILLIS = 1_000;
    private static final long PAUSE_MILLIS = 10;
    private static final Cleaner CLEANER = Cleaner.create();

    private static long live;
    private static long nextCollection = STEP;

    /** The native handle, apart from the tensor so that the tensor can become unreachable. */
    static final class Handle implements Runnable {
        private final MemorySegment address;
        private final long bytes;

        private Handle(MemorySegment address, long bytes) {
            this.address = address;
            this.bytes = bytes;
        }

        @Override
        public void run() {
            Native.check(TorchShim.aoti_torch_delete_tensor_object(address));
            removed(bytes);
        }
    }

    private UnreachableTensors() {}

    static Cleaner.Cleanable register(Tensor tensor, MemorySegment address, long bytes) {
        boolean collect = added(bytes);
        var cleanable = CLEANER.register(tensor, new Handle(address, bytes));
        if (collect) {
            System.gc();
        }
        return cleanable;
    }

    /** Frees what is unreachable now; waits for it for {@link #PATIENCE_MILLIS} at most. */
    static void collect() {
        var reached = new CountDownLatch(1);
        CLEANER.register(new Object(), reached::countDown);
        System.gc();
        try {
            if (!reached.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
            long before;
            do {
                before = live();
                Thread.sleep(PAUSE_MILLIS);
            } while (live() < before);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static synchronized long live() {
        return live;
    }

    private static synchronized boolean added(long bytes) {
        live += bytes;
        if (live <= nextCollection) {
            return false;
        }
        nextCollection = live + STEP;
        return true;
    }

    private static synchronized void removed(long bytes) {
        live -= bytes;
        nextCollection = Math.min(nextCollection, live + STEP);
    }
}

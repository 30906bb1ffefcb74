package org.comfyee.torch;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import org.comfyee.torch.ffm.TorchShim;

/**
 * Frees tensors that have left all scopes once they are unreachable.
 *
 * <p>The garbage collector does not see native memory, so, as with direct buffers, the bytes are counted here and a
 * collection is asked for each time that another {@link #STEP} of them have gathered.
 */
final class UnreachableTensors {
    private static final long STEP = 256L << 20;
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

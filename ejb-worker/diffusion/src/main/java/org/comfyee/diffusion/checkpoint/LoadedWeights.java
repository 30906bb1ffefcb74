package org.comfyee.diffusion.checkpoint;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.comfyee.torch.Device;
import org.comfyee.torch.Memory;

/**
 * The weights that were read from their files onto one device, of all models of this process, and the memory that they may
 * take there. Where it runs short, those that were not used for the longest time are dropped; they are read again when they
 * are used again. What then still does not fit is read at each use. Safe for use by several threads.
 */
public final class LoadedWeights {
    private static final Map<Device, LoadedWeights> BY_DEVICE = new ConcurrentHashMap<>();
    /** Asking the system takes longer than reading a small weight, so what it said is believed for that many bytes. */
    private static final long TRUST = 64L << 20;
    /** Bytes that are left free where nobody asks for more. */
    public static final long USUAL_RESERVE = 1_200L << 20;

    private static final AtomicLong ROUNDS = new AtomicLong();
    /** Those that are not over. */
    private static final Set<Long> UNDER_WAY = ConcurrentHashMap.newKeySet();
    private static final ScopedValue<Long> ROUND = ScopedValue.newInstance();

    private final Device device;
    private final Set<Parameter> loaded = Collections.newSetFromMap(new WeakHashMap<>());
    private long most = Long.MAX_VALUE;
    private long reserve = USUAL_RESERVE;
    private long trusted;

    private LoadedWeights(Device device) {
        this.device = device;
    }

    /** Those of a device. */
    public static LoadedWeights on(Device device) {
        return BY_DEVICE.computeIfAbsent(device, LoadedWeights::new);
    }

    /** Does a piece of work. Weights that it uses are not dropped for others, of its own or of other pieces, until it is done. */
    public static <R, X extends Throwable> R inRound(ScopedValue.CallableOp<? extends R, X> work) throws X {
        long round = ROUNDS.incrementAndGet();
        UNDER_WAY.add(round);
        try {
            return ScopedValue.where(ROUND, round).call(work);
        } finally {
            UNDER_WAY.remove(round);
        }
    }

    /** The number of the piece of work that the calling thread does, or of the one that was begun last. */
    static long round() {
        return ROUND.isBound() ? ROUND.get() : ROUNDS.get();
    }

    /**
     * @param newMost bytes that weights may take; 0 keeps none
     * @param newReserve bytes of the machine's memory that weights on the CPU leave free
     */
    public synchronized void limit(long newMost, long newReserve) {
        most = newMost;
        reserve = newReserve;
        while (bytes() > most && dropOldest(true)) {
            continue;
        }
    }

    /** Bytes that loaded weights take. */
    public synchronized long bytes() {
        return loaded.stream().mapToLong(Parameter::bytes).sum();
    }

    /** Drops all. */
    public synchronized void unload() {
        loaded.forEach(Parameter::drop);
        loaded.clear();
        Memory.giveBack();
    }

    /** Drops one weight. */
    synchronized void forget(Parameter parameter) {
        if (loaded.remove(parameter)) {
            parameter.drop();
        }
    }

    synchronized void add(Parameter parameter) {
        loaded.add(parameter);
    }

    /**
     * On the CPU the free memory counts too; of a GPU only the limit does, since libtorch keeps what is free there.
     *
     * @return whether that many bytes of weights can be kept
     */
    synchronized boolean makeRoom(long bytes) {
        while (bytes() + bytes > most || device.isCpu() && !take(bytes)) {
            if (!dropOldest(false)) {
                return false;
            }
        }
        return true;
    }

    /** Whether that many bytes of weights can be kept on a device of its own without dropping others. */
    synchronized boolean hasRoom(long bytes) {
        return bytes() + bytes <= most;
    }

    private boolean take(long bytes) {
        if (bytes > trusted) {
            long free = Memory.available() - reserve;
            if (bytes > free) {
                return false;
            }
            trusted = Math.min(free, Math.max(bytes, TRUST));
        }
        trusted -= bytes;
        return true;
    }

    /**
     * Makes room in the machine's memory for what is computed on the way.
     *
     * @return whether that many bytes are free now
     */
    public static boolean makeRoomToWork(long bytes) {
        if (Memory.available() < bytes) {
            Memory.giveBack();
        }
        var weights = on(Device.CPU);
        synchronized (weights) {
            while (Memory.available() < bytes) {
                if (!weights.dropOldest(false)) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Drops the weights of the oldest round.
     *
     * @param any whether of rounds that are under way too
     * @return whether there were some
     */
    private boolean dropOldest(boolean any) {
        long mine = round();
        OptionalLong oldest = loaded.stream().mapToLong(Parameter::used).filter(used -> any || used != mine && !UNDER_WAY.contains(used)).min();
        if (oldest.isEmpty()) {
            return false;
        }
        loaded.removeIf(parameter -> {
            boolean old = parameter.used() == oldest.getAsLong();
            if (old) {
                parameter.drop();
            }
            return old;
        });
        trusted = 0;
        Memory.giveBack();
        return true;
    }
}

package org.comfyee.diffusion.checkpoint;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.comfyee.torch.Device;
import org.comfyee.torch.Memory;

/**
 * The weights that were read from their files, of all models of this process, and the memory that they may take. Where it
 * runs short, those that were not used for the longest time are dropped; they are read again when they are used again. What
 * then still does not fit is read at each use.
 */
public final class LoadedWeights {
    private static final Set<Parameter> LOADED = Collections.newSetFromMap(new WeakHashMap<>());
    /** Asking the system takes longer than reading a small weight, so what it said is believed for that many bytes. */
    private static final long TRUST = 64L << 20;
    /** Bytes that are left free where nobody asks for more. */
    public static final long USUAL_RESERVE = 1_200L << 20;

    private static long most = Long.MAX_VALUE;
    private static long reserve = USUAL_RESERVE;
    private static long trusted;
    private static volatile long round;

    private LoadedWeights() {}

    /**
     * @param newMost bytes that weights may take; 0 keeps none
     * @param newReserve bytes of the machine's memory that weights leave free
     */
    public static synchronized void limit(long newMost, long newReserve) {
        most = newMost;
        reserve = newReserve;
        while (bytes() > most && dropOldest(Long.MAX_VALUE)) {
            continue;
        }
    }

    /** Begins another piece of work. Weights that it uses are not dropped for others of it. */
    public static synchronized void nextRound() {
        round++;
    }

    static long round() {
        return round;
    }

    /** Bytes that loaded weights take. */
    public static synchronized long bytes() {
        return LOADED.stream().mapToLong(Parameter::bytes).sum();
    }

    /** Drops all. */
    public static synchronized void unload() {
        LOADED.forEach(Parameter::drop);
        LOADED.clear();
        Memory.giveBack();
    }

    /** Drops one weight. */
    static synchronized void forget(Parameter parameter) {
        if (LOADED.remove(parameter)) {
            parameter.drop();
        }
    }

    static synchronized void add(Parameter parameter) {
        LOADED.add(parameter);
    }

    /**
     * @param device whose free memory counts; of a GPU only the limit does, since libtorch keeps what is free there
     * @return whether that many bytes of weights can be kept
     */
    static synchronized boolean makeRoom(long bytes, Device device) {
        while (bytes() + bytes > most || device.isCpu() && !take(bytes)) {
            if (!dropOldest(round)) {
                return false;
            }
        }
        return true;
    }

    private static boolean take(long bytes) {
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
     * Makes room for what is computed on the way.
     *
     * @return whether that many bytes are free now
     */
    public static synchronized boolean makeRoomToWork(long bytes) {
        while (Memory.available() < bytes) {
            if (!dropOldest(round)) {
                return false;
            }
        }
        return true;
    }

    /** Drops the weights of the oldest round before the given one; false if there are none. */
    private static boolean dropOldest(long before) {
        long oldest = LOADED.stream().mapToLong(Parameter::used).min().orElse(before);
        if (oldest >= before) {
            return false;
        }
        LOADED.removeIf(parameter -> {
            boolean old = parameter.used() == oldest;
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

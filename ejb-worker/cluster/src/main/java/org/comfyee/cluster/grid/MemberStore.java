package org.comfyee.cluster.grid;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.comfyee.cluster.config.PrivateDirectory;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

/**
 * What one member of the data grid keeps on disk. Several members may use the same directory: each has a file of its own
 * there, and takes over what members left that are gone.
 */
final class MemberStore implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MemberStore.class.getName());
    private static final int RETENTION_MILLIS = 5_000;
    /** Each commit writes all pages anew of which something changed: at this size of an entry's size, not of a dozen. */
    private static final int PAGE_BYTES = 4_096;
    /** At this size what is in the log goes to the store's own pages, so that the log begins anew. */
    private static final long LOG_BYTES = 16 << 20;

    private final FileChannel lock;
    private final MVStore store;
    /** What the store may not have on disk yet. Locked for each change, that both have the same order. */
    private final ChangeLog log;
    /** Whether the log failed to reach the disk: the system may have dropped what it had of it, and would say that all is well the next time. */
    private volatile boolean suspect;
    private final Map<String, MVMap<String, String>> maps = new ConcurrentHashMap<>();
    /** Guards the following: how many writes there were, how many of them are on disk, whether somebody sees to that. */
    private final Object progress = new Object();
    private long written;
    private long synced;
    private boolean syncing;

    private MemberStore(FileChannel lock, MVStore store, ChangeLog log) {
        this.lock = lock;
        this.store = store;
        this.log = log;
    }

    /** @throws IOException that names the directory if files cannot be made there */
    static MemberStore open(Path directory) throws IOException {
        PrivateDirectory.make(directory);
        for (int slot = 1; ; slot++) {
            var lock = lock(directory, slot);
            if (lock.isPresent()) {
                var store = openFile(file(directory, slot));
                var opened = new MemberStore(lock.get(), store, openLog(directory, slot, store));
                opened.adopt(directory, slot);
                return opened;
            }
        }
    }

    private static Path file(Path directory, int slot) {
        return directory.resolve("member-" + slot + ".mv");
    }

    private static Path logFile(Path directory, int slot) {
        return directory.resolve("member-" + slot + ".log");
    }

    private static ChangeLog openLog(Path directory, int slot, MVStore store) throws IOException {
        return ChangeLog.open(logFile(directory, slot), change -> {
            var map = store.<String, String>openMap(change.map());
            change.value().ifPresentOrElse(value -> map.put(change.key(), value), () -> map.remove(change.key()));
        });
    }

    /** Lock files stay: who deletes one that another has opened would let in two. */
    private static Optional<FileChannel> lock(Path directory, int slot) throws IOException {
        var channel = FileChannel.open(directory.resolve("member-" + slot + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return Optional.of(channel);
            }
        } catch (OverlappingFileLockException e) {
            // Another application of this process has it.
        }
        channel.close();
        return Optional.empty();
    }

    private static MVStore openFile(Path file) throws IOException {
        try {
            return openStore(file);
        } catch (MVStoreException e) {
            var aside = Files.move(file, file.resolveSibling(file.getFileName() + ".broken-" + System.currentTimeMillis()));
            LOG.log(Level.ERROR, "the file " + file + " cannot be read (" + e.getMessage() + "); it is kept as " + aside + ", and a new one is begun");
            return openStore(file);
        }
    }

    private static MVStore openStore(Path file) {
        var store = new MVStore.Builder().fileName(file.toString()).pageSplitSize(PAGE_BYTES).open();
        store.setRetentionTime(RETENTION_MILLIS);
        store.setVersionsToKeep(0);
        return store;
    }

    private void adopt(Path directory, int own) throws IOException {
        int gaps = 0;
        for (int slot = 1; gaps == 0; slot++) {
            var file = file(directory, slot);
            if (!Files.exists(directory.resolve("member-" + slot + ".lock"))) {
                gaps++;
            } else if (slot != own && Files.exists(file)) {
                var foreign = lock(directory, slot);
                if (foreign.isPresent()) {
                    try (var held = foreign.get()) {
                        takeOver(directory, slot);
                    }
                }
            }
        }
    }

    private void takeOver(Path directory, int slot) throws IOException {
        try (var left = openFile(file(directory, slot)); var _ = openLog(directory, slot, left)) {
            left.getMapNames().forEach(name -> left.<String, String>openMap(name).forEach((key, value) -> map(name).putIfAbsent(key, value)));
        }
        beginLogAnew();
        Files.delete(file(directory, slot));
        Files.delete(logFile(directory, slot));
    }

    private MVMap<String, String> map(String name) {
        return maps.computeIfAbsent(name, store::openMap);
    }

    /** @param endMillis when the entry goes, since 1970; 0 if it stays */
    void put(String map, String key, String value, long endMillis) {
        var kept = endMillis + "|" + value;
        synchronized (log) {
            if (!kept.equals(map(map).get(key))) {
                // First, so that who tries again what failed does not find it done.
                log.append(new ChangeLog.Change(map, key, Optional.of(kept)));
                map(map).put(key, kept);
                changed();
            }
        }
    }

    void remove(String map, String key) {
        synchronized (log) {
            if (map(map).containsKey(key)) {
                log.append(new ChangeLog.Change(map, key, Optional.empty()));
                map(map).remove(key);
                changed();
            }
        }
    }

    private void changed() {
        synchronized (progress) {
            written++;
        }
        if (log.size() > LOG_BYTES) {
            beginLogAnew();
        }
    }

    private void beginLogAnew() {
        synchronized (log) {
            suspect = true;
            store.commit();
            store.sync();
            log.clear();
            suspect = false;
        }
    }

    private void force() {
        if (suspect) {
            beginLogAnew();
            return;
        }
        try {
            log.force();
        } catch (UncheckedIOException e) {
            suspect = true;
            throw e;
        }
    }

    Optional<String> get(String map, String key) {
        return kept(map, key).map(MemberStore::value);
    }

    /** Whether there is such an entry. */
    boolean has(String map, String key) {
        return kept(map, key).isPresent();
    }

    private Optional<String> kept(String map, String key) {
        return Optional.ofNullable(map(map).get(key)).filter(kept -> end(kept) == 0 || end(kept) > System.currentTimeMillis());
    }

    /** Whether that is the value, also if its time has come. */
    boolean holds(String map, String key, String value) {
        var kept = map(map).get(key);
        return kept != null && value(kept).equals(value);
    }

    private static String value(String kept) {
        return kept.substring(kept.indexOf('|') + 1);
    }

    private static long end(String kept) {
        return Long.parseLong(kept.substring(0, kept.indexOf('|')));
    }

    /** An entry and how long it still stays; 0 if for ever. */
    record Kept(String value, long leftMillis) {}

    /** All entries whose time has not come; the others go. */
    void forEach(String map, BiConsumer<String, Kept> action) {
        long now = System.currentTimeMillis();
        // Looked through at once: what the action waits for may outlast the pages of the state that the keys were read from.
        for (var key : new ArrayList<>(map(map).keySet())) {
            var kept = map(map).get(key);
            if (kept != null && (end(kept) == 0 || end(kept) > now)) {
                action.accept(key, new Kept(value(kept), end(kept) == 0 ? 0 : end(kept) - now));
            } else {
                remove(map, key);
            }
        }
    }

    /** Waits until all that was written so far is on disk; those who wait at the same time wait together. */
    void settle() {
        long wanted;
        synchronized (progress) {
            wanted = written;
            while (syncing && synced < wanted) {
                awaitProgress();
            }
            if (synced >= wanted) {
                return;
            }
            syncing = true;
            wanted = written;
        }
        boolean forced = false;
        try {
            force();
            forced = true;
        } finally {
            synchronized (progress) {
                syncing = false;
                if (forced) {
                    synced = Math.max(synced, wanted);
                }
                progress.notifyAll();
            }
        }
    }

    private void awaitProgress() {
        try {
            progress.wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while writing to disk", e);
        }
    }

    @Override
    public void close() {
        try (lock; log) {
            try {
                beginLogAnew();
            } finally {
                store.close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the lock or the log could not be closed", e);
        }
    }
}

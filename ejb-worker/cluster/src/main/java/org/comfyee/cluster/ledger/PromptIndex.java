package org.comfyee.cluster.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.comfyee.cluster.grid.GridMap;
import org.comfyee.cluster.grid.Subscription;

/**
 * This member's copy of all entries, so that nobody who looks for the next prompt reads the whole ledger. It may be a
 * moment behind: whoever acts on it asks the ledger itself. Where members that went took entries of the ledger with them,
 * these come back from such a copy.
 */
final class PromptIndex implements AutoCloseable {
    private static final int REMEMBERED_ENDS = 4_096;

    private final GridMap shared;
    private final Predicate<String> hasEnded;
    private final Map<String, LedgerEntry> entries = new HashMap<>();
    /** Prompts that ended of late, with the times of their making, for news of them that comes late. */
    private final Map<String, Long> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > REMEMBERED_ENDS;
        }
    };
    private final Turns turns;
    /** Workers by the prompts that they run. */
    private final Map<String, String> running = new HashMap<>();
    /** Running prompts whose worker is gone; they wait for another one. */
    private final Set<String> orphans = new HashSet<>();
    private final List<Consumer<String>> endListeners = new CopyOnWriteArrayList<>();
    private final Subscription subscription;
    private long changes;

    /** @param hasEnded whether a prompt is known to have ended: then it is not in the ledger for that reason */
    PromptIndex(GridMap shared, Predicate<String> hasEnded, SchedulingRules rules) {
        this.shared = shared;
        this.hasEnded = hasEnded;
        turns = new Turns(rules);
        subscription = shared.watch(change -> {
            if (change.after().isPresent()) {
                put(change.key(), LedgerEntry.parse(change.after().get()));
            } else {
                remove(change.key(), change.before().map(LedgerEntry::parse));
            }
        });
        reload();
    }

    /** Reads everything anew: news may be lost when a member of the cluster dies. */
    void reload() {
        Map<String, LedgerEntry> known;
        synchronized (this) {
            known = new HashMap<>(entries);
        }
        var all = shared.entries();
        all.forEach((id, text) -> learn(id, Optional.ofNullable(known.get(id)), () -> Optional.of(LedgerEntry.parse(text))));
        // It may have come back meanwhile.
        known.keySet().stream().filter(id -> !all.containsKey(id)).forEach(this::read);
    }

    /** How the ledger has it. */
    Optional<LedgerEntry> read(String id) {
        return read(id, () -> shared.get(id));
    }

    /** The same. @param ledger asks for the entry */
    Optional<LedgerEntry> read(String id, Supplier<Optional<String>> ledger) {
        return learn(id, find(id), () -> ledger.get().map(LedgerEntry::parse));
    }

    private Optional<LedgerEntry> stored(String id) {
        return shared.get(id).map(LedgerEntry::parse);
    }

    /** Takes news of an entry, which may come late or twice. */
    synchronized void put(String id, LedgerEntry entry) {
        var known = entries.get(id);
        boolean isNew = known == null ? ended.getOrDefault(id, Long.MIN_VALUE) < entry.createdMillis() : entry.isNewerThan(known);
        if (isNew) {
            set(id, entry);
        }
    }

    /**
     * Takes what the ledger says, unless newer news came meanwhile.
     *
     * @param known what was known before it is asked
     * @param ledger says empty if it has no such prompt
     * @return how the ledger has it now
     */
    private Optional<LedgerEntry> learn(String id, Optional<LedgerEntry> known, Supplier<Optional<LedgerEntry>> ledger) {
        var answer = mended(id, known, ledger.get());
        synchronized (this) {
            boolean unchanged = known.isPresent() && entries.get(id) == known.get();
            if (answer.isPresent()) {
                if (unchanged) {
                    set(id, answer.get());
                } else {
                    put(id, answer.get());
                }
                return answer;
            }
            if (!unchanged) {
                return answer;
            }
        }
        miss(id);
        return answer;
    }

    /** Gives the ledger back what it had before, if that was lost with other members, or came back from one that knew less. */
    private Optional<LedgerEntry> mended(String id, Optional<LedgerEntry> known, Optional<LedgerEntry> answer) {
        var lost = known.filter(LedgerEntry::isTurnOrRun).filter(entry -> answer.map(entry::isNewerThan).orElse(true));
        if (lost.isEmpty() || hasEnded.test(id)) {
            return answer;
        }
        var text = lost.get().toText();
        boolean back = answer.map(older -> shared.replace(id, older.toText(), text)).orElseGet(() -> shared.putIfAbsent(id, text));
        if (back && hasEnded.test(id)) {
            shared.remove(id);
        }
        return stored(id);
    }

    /** Takes out what is not there any more: it has ended, or was lost and is entered again. News of it still count. */
    private void miss(String id) {
        synchronized (this) {
            takeOut(id);
        }
        endListeners.forEach(listener -> listener.accept(id));
    }

    private void takeOut(String id) {
        var known = entries.remove(id);
        if (known != null) {
            forget(id, known);
        }
        changed();
    }

    private void set(String id, LedgerEntry entry) {
        var known = entries.put(id, entry);
        if (entry.equals(known)) {
            return;
        }
        if (known != null) {
            forget(id, known);
        }
        if (entry.state() == LedgerEntry.State.PENDING) {
            turns.add(id, entry);
        } else if (entry.state() == LedgerEntry.State.RUNNING) {
            running.put(id, entry.worker());
            turns.served(entry.client());
        }
        changed();
    }

    private void forget(String id, LedgerEntry entry) {
        running.remove(id);
        if (entry.state() == LedgerEntry.State.PENDING || orphans.remove(id)) {
            turns.remove(id, entry);
        }
    }

    /** Takes out a prompt that has ended, was taken back or could not be sent. */
    void remove(String id, Optional<LedgerEntry> last) {
        synchronized (this) {
            var known = entries.get(id);
            if (known != null && last.filter(entry -> entry.createdMillis() < known.createdMillis()).isPresent()) {
                return;
            }
            takeOut(id);
            last.or(() -> Optional.ofNullable(known))
                    .filter(entry -> entry.state() != LedgerEntry.State.FORGOTTEN)
                    .ifPresent(entry -> ended.put(id, entry.createdMillis()));
        }
        endListeners.forEach(listener -> listener.accept(id));
    }

    private void changed() {
        changes++;
        notifyAll();
    }

    /** Lets a listener know of each prompt that ended, was taken back or replaced. */
    Subscription onEnd(Consumer<String> listener) {
        endListeners.add(listener);
        return () -> endListeners.remove(listener);
    }

    /** Makes prompts whose worker is gone wait again. */
    synchronized void adopt(Set<String> aliveWorkers) {
        running.forEach((id, worker) -> {
            if (!aliveWorkers.contains(worker) && orphans.add(id)) {
                turns.add(id, entries.get(id));
                changed();
            }
        });
    }

    /** Leaves a prompt to its worker, which is alive after all. */
    synchronized void disown(String id) {
        if (orphans.remove(id)) {
            turns.remove(id, entries.get(id));
        }
    }

    synchronized Optional<Turns.Waiting> next(Set<String> held, Predicate<Turns.Waiting> mayHave) {
        return turns.next(held, mayHave);
    }

    /** Grows with every change. */
    synchronized long changes() {
        return changes;
    }

    /** Waits until something changes after a count of changes, or that time is over. */
    synchronized void awaitChange(long seen, long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (changes == seen) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }

    /** Wakes all that wait for a change. */
    synchronized void wake() {
        changed();
    }

    synchronized int size() {
        return entries.size();
    }

    /** A number that comes after all that are here. */
    synchronized long nextNumber() {
        return entries.values().stream().mapToLong(entry -> (long) entry.number() + 1).reduce(0, Math::max);
    }

    synchronized Optional<LedgerEntry> find(String id) {
        return Optional.ofNullable(entries.get(id));
    }

    /** Whether a worker runs something. */
    synchronized boolean isBusy(String worker) {
        return running.containsValue(worker);
    }

    /** Ids of such prompts, in the order of their numbers. */
    List<String> ids(Predicate<LedgerEntry> wanted) {
        var found = new ArrayList<Map.Entry<String, LedgerEntry>>();
        synchronized (this) {
            entries.forEach((id, entry) -> {
                if (wanted.test(entry)) {
                    found.add(Map.entry(id, entry));
                }
            });
        }
        return found.stream()
                .sorted(Comparator.comparingDouble((Map.Entry<String, LedgerEntry> each) -> each.getValue().number())
                        .thenComparingLong(each -> each.getValue().createdMillis())
                        .thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public void close() {
        subscription.close();
    }
}

package org.comfyee.cluster.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.GridMap;

/** What became of prompts, of the latest ten thousand and up to {@value #COUNTED_EACH} more for each worker. Entries are JSON text. */
public final class History {
    private static final int MOST_ENTRIES = 10_000;
    /** Counting asks all members and finding the oldest means reading all, so it is not done each time. */
    private static final int COUNTED_EACH = 500;
    /** Digits of the time in front of each entry, by which they are ordered. */
    private static final int STAMP = 19;
    /** How an entry begins: with the number of its prompt, which is whole unless a client chose it, and negative if it was put in front. */
    private static final Pattern NUMBER = Pattern.compile("\\{\"prompt\": \\[-?(\\d{1,18}),");

    private final GridMap entries;
    private final AtomicInteger recorded = new AtomicInteger();

    public History(Grid grid) {
        entries = grid.map(MapNames.HISTORY);
    }

    /** What is to be put into the grid for an ended prompt. */
    public Grid.Entry entry(String promptId, String text) {
        return new Grid.Entry(MapNames.HISTORY, promptId, stamp() + text, Duration.ZERO);
    }

    /** Called after each entry that was put, so that the oldest go. */
    public void trim() {
        if (recorded.incrementAndGet() % COUNTED_EACH == 0 && entries.size() > MOST_ENTRIES) {
            ordered().stream().limit(Math.max(0, entries.size() - MOST_ENTRIES)).forEach(oldest -> entries.remove(oldest.getKey()));
        }
    }

    private static String stamp() {
        var now = Instant.now();
        return "%0".concat(STAMP + "d").formatted(now.getEpochSecond() * 1_000_000_000L + now.getNano());
    }

    public Optional<String> find(String promptId) {
        return Optional.ofNullable(promptId).flatMap(entries::get).map(text -> text.substring(STAMP));
    }

    /** A number that comes after those of all prompts here, by which clients order what they show. */
    long nextNumber() {
        return entries.entries().values().stream().mapToLong(entry -> {
            var number = NUMBER.matcher(entry).region(STAMP, entry.length());
            return number.lookingAt() ? Long.parseLong(number.group(1)) + 1 : 0;
        }).reduce(0, Math::max);
    }

    private List<Map.Entry<String, String>> ordered() {
        return entries.entries().entrySet().stream().sorted(Map.Entry.comparingByValue()).toList();
    }

    /**
     * Entries by prompt id, the oldest first.
     *
     * @param most all if empty
     * @param offset of the first; below 0 the last ones are given
     */
    public Map<String, String> list(Optional<Integer> most, int offset) {
        var all = ordered();
        int first = offset < 0 && most.isPresent() ? all.size() - most.get() : offset;
        var page = new LinkedHashMap<String, String>();
        all.stream()
                .skip(Math.max(0, first))
                .limit(most.map(count -> Math.max(0L, count)).orElse(Long.MAX_VALUE))
                .forEach(entry -> page.put(entry.getKey(), entry.getValue().substring(STAMP)));
        return page;
    }

    public void delete(String promptId) {
        entries.remove(promptId);
    }

    public void clear() {
        entries.entries().keySet().forEach(entries::remove);
    }
}

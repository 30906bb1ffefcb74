package org.comfyee.workflow.execution;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

final class LruCache implements OutputCache {
    private record Entry(CachedOutput output, int generation) {}

    private final int size;
    private final Map<CacheKey, Entry> entries = new HashMap<>();
    private int generation;

    LruCache(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("the cache size is " + size + ", expected at least 1");
        }
        this.size = size;
    }

    @Override
    public void begin(Collection<CacheKey> keys) {
        generation++;
        keys.forEach(this::get);
        // Whole generations go, the oldest first, since half a prompt's results rarely help.
        while (entries.size() > size) {
            int oldest = entries.values().stream().mapToInt(Entry::generation).min().orElse(generation);
            if (oldest == generation) {
                break;
            }
            entries.values().removeIf(entry -> entry.generation() == oldest);
        }
    }

    @Override
    public Optional<CachedOutput> get(CacheKey key) {
        var entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        entries.put(key, new Entry(entry.output(), generation));
        return Optional.of(entry.output());
    }

    @Override
    public void put(CacheKey key, CachedOutput output) {
        entries.put(key, new Entry(output, generation));
    }

    @Override
    public void clear() {
        entries.clear();
    }
}

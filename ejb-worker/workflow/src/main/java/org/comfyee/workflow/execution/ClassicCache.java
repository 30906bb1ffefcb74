package org.comfyee.workflow.execution;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;

final class ClassicCache implements OutputCache {
    private final Map<CacheKey, CachedOutput> entries = new HashMap<>();
    private final Map<CacheKey, Integer> lastUse = new HashMap<>();
    private int prompts;

    @Override
    public void begin(Collection<CacheKey> keys) {
        var used = new HashSet<>(keys);
        // An expanded node is known again only when its parent has run, so it survives one prompt unseen.
        entries.keySet().removeIf(key -> key.scope().isEmpty() ? !used.contains(key) : lastUse.getOrDefault(key, 0) < prompts);
        lastUse.keySet().retainAll(entries.keySet());
        prompts++;
    }

    @Override
    public Optional<CachedOutput> get(CacheKey key) {
        var found = Optional.ofNullable(entries.get(key));
        found.ifPresent(_ -> lastUse.put(key, prompts));
        return found;
    }

    @Override
    public void put(CacheKey key, CachedOutput output) {
        entries.put(key, output);
        lastUse.put(key, prompts);
    }

    @Override
    public void clear() {
        entries.clear();
        lastUse.clear();
    }
}

package org.comfyee.workflow.execution;

import java.util.Collection;
import java.util.Optional;

/** Results of earlier prompts. Used by one prompt at a time. */
public interface OutputCache {
    /** Starts a prompt that consists of nodes with these keys. */
    void begin(Collection<CacheKey> keys);

    /** Of this prompt's nodes or former ones'. */
    Optional<CachedOutput> get(CacheKey key);

    void put(CacheKey key, CachedOutput output);

    void clear();

    /** Keeps what the current prompt can use; ComfyUI's default. */
    static OutputCache classic() {
        return new ClassicCache();
    }

    /** Keeps the results that were used last, at most {@code size} of former prompts. */
    static OutputCache leastRecentlyUsed(int size) {
        return new LruCache(size);
    }

    /** Keeps nothing. */
    static OutputCache none() {
        return new NoCache();
    }
}

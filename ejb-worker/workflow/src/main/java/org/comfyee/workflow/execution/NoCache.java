package org.comfyee.workflow.execution;

import java.util.Collection;
import java.util.Optional;

final class NoCache implements OutputCache {
    @Override
    public void begin(Collection<CacheKey> keys) {
        // Nothing is kept, so nothing can be stale.
    }

    @Override
    public Optional<CachedOutput> get(CacheKey key) {
        return Optional.empty();
    }

    @Override
    public void put(CacheKey key, CachedOutput output) {
        // The run itself holds results until their last reader is done.
    }

    @Override
    public void clear() {
        // Nothing is kept.
    }
}

package org.comfyee.cluster.grid;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A map of one member alone, whose entries outlive its process. */
final class OwnMap implements GridMap {
    private final String name;
    private final MemberStore store;
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();

    OwnMap(String name, MemberStore store) {
        this.name = name;
        this.store = store;
    }

    private synchronized void write(String key, String value, long endMillis) {
        var before = get(key);
        store.put(name, key, value, endMillis);
        listeners.forEach(listener -> listener.accept(new Change(key, before, Optional.of(value))));
    }

    @Override
    public Optional<String> get(String key) {
        return store.get(name, key);
    }

    @Override
    public void put(String key, String value) {
        write(key, value, 0);
    }

    @Override
    public void put(String key, String value, Duration lifetime) {
        write(key, value, System.currentTimeMillis() + lifetime.toMillis());
    }

    @Override
    public synchronized boolean putIfAbsent(String key, String value) {
        boolean free = get(key).isEmpty();
        if (free) {
            write(key, value, 0);
        }
        return free;
    }

    @Override
    public synchronized boolean replace(String key, String expected, String value) {
        boolean matches = get(key).filter(expected::equals).isPresent();
        if (matches) {
            write(key, value, 0);
        }
        return matches;
    }

    @Override
    public synchronized void remove(String key) {
        var before = get(key);
        if (before.isPresent()) {
            store.remove(name, key);
            listeners.forEach(listener -> listener.accept(new Change(key, before, Optional.empty())));
        }
    }

    @Override
    public Map<String, String> entries() {
        var entries = new HashMap<String, String>();
        store.forEach(name, (key, kept) -> entries.put(key, kept.value()));
        return entries;
    }

    @Override
    public Set<String> keys() {
        return entries().keySet();
    }

    @Override
    public int size() {
        return entries().size();
    }

    @Override
    public Subscription watch(Consumer<Change> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}

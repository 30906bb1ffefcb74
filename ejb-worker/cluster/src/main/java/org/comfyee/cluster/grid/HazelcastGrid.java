package org.comfyee.cluster.grid;

import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryExpiredListener;
import com.hazelcast.map.listener.EntryRemovedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import com.hazelcast.spi.merge.LatestUpdateMergePolicy;
import com.hazelcast.topic.ITopic;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.comfyee.cluster.Pause;

/** A cluster of several processes, held together by Hazelcast; each entry has one synchronous copy on another member. */
public final class HazelcastGrid implements Grid {
    private static final System.Logger LOG = System.getLogger(HazelcastGrid.class.getName());
    private static final int MERGED_AT_ONCE = 100;
    /** Of each entry, beside the entry. */
    private static final int COPIES = 1;
    /** In which all that is lost at once is told of. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private final HazelcastInstance hazelcast;
    private final List<Runnable> onMerge = new CopyOnWriteArrayList<>();
    private final Map<String, SharedMap> maps = new ConcurrentHashMap<>();
    private final Map<String, ITopic<byte[]>> topics = new ConcurrentHashMap<>();
    private final List<Subscription> watching;

    public HazelcastGrid(HazelcastInstance hazelcast) {
        this.hazelcast = hazelcast;
        watching = List.of(watchMerges(), watchLosses());
    }

    @Override
    public GridMap map(String name) {
        return shared(name);
    }

    private SharedMap shared(String name) {
        return maps.computeIfAbsent(name, this::newMap);
    }

    private SharedMap newMap(String name) {
        return detached(() -> {
            // Where parts of a cluster that were cut apart differ, the later one knows more.
            hazelcast.getConfig().addMapConfig(new MapConfig(name).setPerEntryStatsEnabled(true)
                    .setMergePolicyConfig(new MergePolicyConfig(LatestUpdateMergePolicy.class.getName(), MERGED_AT_ONCE)));
            return new SharedMap(hazelcast.getMap(name));
        });
    }

    @Override
    public void put(List<Entry> entries) {
        join(entries.stream().map(entry -> shared(entry.map()).begin(entry)));
    }

    @Override
    public List<Optional<String>> get(String key, List<String> names) {
        return join(names.stream().map(name -> shared(name).entriesByKey.getAsync(key))).stream().map(Optional::ofNullable).toList();
    }

    @Override
    public void remove(String key, List<String> names) {
        join(names.stream().map(name -> shared(name).entriesByKey.removeAsync(key)));
    }

    /** Waits for all. */
    private static <T> List<T> join(Stream<CompletionStage<T>> begun) {
        var all = begun.map(CompletionStage::toCompletableFuture).toList();
        var results = new ArrayList<T>();
        for (var each : all) {
            try {
                results.add(each.join());
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException failure ? failure : e;
            }
        }
        return results;
    }

    @Override
    public void publish(String topic, byte[] message) {
        topics.computeIfAbsent(topic, this::topic).publish(message);
    }

    private ITopic<byte[]> topic(String name) {
        return detached(() -> hazelcast.getTopic(name));
    }

    @Override
    public Subscription listen(String topic, Consumer<byte[]> listener) {
        var shared = topics.computeIfAbsent(topic, this::topic);
        var registration = shared.addMessageListener(message -> listener.accept(message.getMessageObject()));
        return () -> shared.removeMessageListener(registration);
    }

    @Override
    public void onMerge(Runnable action) {
        onMerge.add(action);
    }

    private void runOnMerge() {
        onMerge.forEach(Runnable::run);
    }

    private Subscription watchMerges() {
        var registration = hazelcast.getLifecycleService().addLifecycleListener(event -> {
            if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
                Thread.ofVirtual().name("grid-merged").start(this::runOnMerge);
            }
        });
        return () -> hazelcast.getLifecycleService().removeLifecycleListener(registration);
    }

    private Subscription watchLosses() {
        var planned = new AtomicBoolean();
        var registration = hazelcast.getPartitionService().addPartitionLostListener(event -> {
            // It is told of each of the parts into which all maps are divided.
            if (event.getLostBackupCount() >= COPIES && planned.compareAndSet(false, true)) {
                Thread.ofVirtual().name("grid-entries-lost").start(() -> {
                    Pause.of(SETTLING);
                    planned.set(false);
                    LOG.log(Level.WARNING, "members of the data grid went at once, and entries with them; what is known of these elsewhere is entered again");
                    runOnMerge();
                });
            }
        });
        return () -> hazelcast.getPartitionService().removePartitionLostListener(registration);
    }

    @Override
    public void close() {
        watching.forEach(Subscription::close);
    }

    /**
     * Payara ties what an application makes to that application, and other members, which do not have it, cannot read the
     * tie. So maps and topics are made by a thread that belongs to no application.
     */
    private static <T> T detached(Supplier<T> creation) {
        var result = new CompletableFuture<T>();
        Thread.ofPlatform().inheritInheritableThreadLocals(false).name("grid").start(() -> {
            try {
                result.complete(creation.get());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result.join();
    }

    private record SharedMap(IMap<String, String> entriesByKey) implements GridMap {
        @Override
        public Optional<String> get(String key) {
            return Optional.ofNullable(entriesByKey.get(key));
        }

        @Override
        public Map<String, String> recallAll(Set<String> keys) {
            return entriesByKey.getAll(keys);
        }

        @Override
        public void put(String key, String value) {
            entriesByKey.set(key, value);
        }

        @Override
        public void put(String key, String value, Duration lifetime) {
            entriesByKey.set(key, value, lifetime.toMillis(), TimeUnit.MILLISECONDS);
        }

        /** Puts an entry without waiting until that is done. */
        CompletionStage<Void> begin(Entry entry) {
            return entry.lifetime().isZero() ? entriesByKey.setAsync(entry.key(), entry.value())
                    : entriesByKey.setAsync(entry.key(), entry.value(), entry.lifetime().toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public boolean putIfAbsent(String key, String value) {
            return entriesByKey.putIfAbsent(key, value) == null;
        }

        @Override
        public boolean replace(String key, String expected, String value) {
            return entriesByKey.replace(key, expected, value);
        }

        @Override
        public void remove(String key) {
            entriesByKey.delete(key);
        }

        @Override
        public Map<String, String> entries() {
            var copy = new HashMap<String, String>();
            entriesByKey.entrySet().forEach(entry -> copy.put(entry.getKey(), entry.getValue()));
            return copy;
        }

        @Override
        public Set<String> keys() {
            return Set.copyOf(entriesByKey.keySet());
        }

        @Override
        public int size() {
            return entriesByKey.size();
        }

        @Override
        public Subscription watch(Consumer<Change> listener) {
            var registration = detached(() -> entriesByKey.addEntryListener(new Watcher(listener), true));
            return () -> entriesByKey.removeEntryListener(registration);
        }

        @Override
        public Subscription watchRemovals(Consumer<String> listener) {
            var registration = detached(() -> entriesByKey.addEntryListener(new RemovalWatcher(listener), false));
            return () -> entriesByKey.removeEntryListener(registration);
        }
    }

    /** Members send each other only those events that somebody there listens for. */
    private record RemovalWatcher(Consumer<String> listener) implements EntryRemovedListener<String, String>, EntryExpiredListener<String, String> {
        @Override
        public void entryRemoved(EntryEvent<String, String> event) {
            listener.accept(event.getKey());
        }

        @Override
        public void entryExpired(EntryEvent<String, String> event) {
            listener.accept(event.getKey());
        }
    }

    private record Watcher(Consumer<GridMap.Change> listener)
            implements EntryAddedListener<String, String>, EntryUpdatedListener<String, String>, EntryRemovedListener<String, String>,
                    EntryExpiredListener<String, String> {
        @Override
        public void entryAdded(EntryEvent<String, String> event) {
            tell(event);
        }

        @Override
        public void entryUpdated(EntryEvent<String, String> event) {
            tell(event);
        }

        @Override
        public void entryRemoved(EntryEvent<String, String> event) {
            tell(event);
        }

        @Override
        public void entryExpired(EntryEvent<String, String> event) {
            tell(event);
        }

        private void tell(EntryEvent<String, String> event) {
            listener.accept(new GridMap.Change(event.getKey(), Optional.ofNullable(event.getOldValue()), Optional.ofNullable(event.getValue())));
        }
    }
}

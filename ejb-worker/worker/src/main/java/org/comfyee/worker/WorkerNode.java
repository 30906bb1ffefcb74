package org.comfyee.worker;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.config.Directories;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.event.ClusterEvent;
import org.comfyee.cluster.grid.Subscription;
import org.comfyee.cluster.ledger.RecalledPrompts;
import org.comfyee.cluster.queue.QueueState;
import org.comfyee.cluster.worker.Drain;
import org.comfyee.cluster.worker.WorkerInfo;
import org.comfyee.cluster.worker.WorkerRegistry;
import org.comfyee.nodes.Compute;
import org.comfyee.nodes.Models;
import org.comfyee.nodes.Preferences;
import org.comfyee.nodes.ScopedCaller;
import org.comfyee.torch.Device;
import org.comfyee.torch.Memory;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.execution.OutputCache;
import org.comfyee.workflow.execution.WorkflowExecutor;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.node.NodeRegistry;

/** This process as a worker: joins the cluster, says what it does, leaves in peace. */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionManagement(TransactionManagementType.BEAN)
public class WorkerNode {
    private static final System.Logger LOG = System.getLogger(WorkerNode.class.getName());

    @Resource
    private ManagedScheduledExecutorService scheduler;

    /** The scheduler may have one thread only, and a heartbeat must not wait for anything. */
    @Resource
    private ManagedExecutorService background;

    @Resource
    private ManagedThreadFactory threads;

    private final String host = host();
    private final List<WorkerSession> sessions = new ArrayList<>();
    private final List<Thread> running = new ArrayList<>();
    private final List<AutoCloseable> joined = new ArrayList<>();
    private Cluster cluster;
    private ParkedMessages messages;
    private RecalledPrompts recalled;
    private ScheduledFuture<?> heartbeat;
    private Future<?> torch;
    private volatile Device device = Device.CPU;

    @PostConstruct
    void start() {
        cluster = Cluster.join();
        recalled = new RecalledPrompts(cluster.ledger());
        messages = new ParkedMessages(cluster.ledger(), id -> sessions.stream().anyMatch(session -> session.runs(id)),
                () -> QueueState.isConnected(Setting.QUEUE_NAME.value()));
        cluster.onReconciled(messages::announceAll);
        Folders folders = Directories.configured();
        try {
            folders.prepareOutput();
        } catch (IOException e) {
            throw new IllegalStateException("the directory for results " + folders.base() + " cannot be made", e);
        }
        var registry = NodeRegistry.load(Thread.currentThread().getContextClassLoader(), folders, Directories.wantedCustomNodes());
        sessions.add(session(registry, folders));
        Subscription events = cluster.events().subscribeControl(this::obey);
        joined.addAll(List.of(events, messages, cluster, Drain.onRequest(this::drain)));
        // Whoever claims a prompt must be known to be alive.
        beat();
        heartbeat = scheduler.scheduleAtFixedRate(this::beat, WorkerRegistry.HEARTBEAT.toMillis(), WorkerRegistry.HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
        // Loading libtorch takes a second that the first prompt need not wait for.
        torch = background.submit(this::loadTorch);
        for (var session : sessions) {
            var thread = threads.newThread(() -> {
                awaitTorch();
                session.run();
            });
            thread.setName("prompts");
            running.add(thread);
            thread.start();
        }
    }

    private WorkerSession session(NodeRegistry registry, Folders folders) {
        var models = new Models(Setting.MODELS_KEPT.number());
        var preferences = new Preferences(!Setting.DISABLE_METADATA.isOn(), Preferences.PreviewMethod.of(Setting.PREVIEW_METHOD.value()),
                Setting.PREVIEW_SIZE.number());
        var executor = new WorkflowExecutor(registry, folders, cache(), new ScopedCaller(), Map.of(Models.class, models, Preferences.class, preferences));
        return new WorkerSession(UUID.randomUUID().toString(), cluster, messages, executor, models);
    }

    private static OutputCache cache() {
        if (Setting.CACHE_LRU.number() > 0) {
            return OutputCache.leastRecentlyUsed(Setting.CACHE_LRU.number());
        }
        return Setting.CACHE_NONE.isOn() ? OutputCache.none() : OutputCache.classic();
    }

    private void loadTorch() {
        try {
            Torch.loadConfigured();
            device = ComputeSettings.apply();
            LOG.log(Level.INFO, "libtorch " + Torch.version() + " on " + device + ", " + Torch.threads() + " threads");
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, e.getMessage());
        }
    }

    /** What failed there is told when a node needs it. */
    private void awaitTorch() {
        try {
            torch.get();
        } catch (ExecutionException e) {
            LOG.log(Level.ERROR, "libtorch could not be loaded", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Finishes what runs, for a while, and leaves the cluster. */
    private void drain(Duration patience) {
        LOG.log(Level.INFO, "takes no more prompts");
        sessions.forEach(WorkerSession::leave);
        beat();
        long end = System.nanoTime() + patience.toNanos();
        try {
            for (var thread : running) {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sessions.stream().filter(session -> session.current().isPresent()).forEach(session -> {
            LOG.log(Level.WARNING, "prompt " + session.current().get().promptId() + " did not end in time and is left to other workers");
            session.abandon();
        });
        heartbeat.cancel(false);
        sessions.forEach(session -> cluster.workers().leave(session.id()));
    }

    @PreDestroy
    void stop() {
        heartbeat.cancel(false);
        sessions.forEach(WorkerSession::leave);
        for (var each : joined) {
            try {
                each.close();
            } catch (Exception e) {
                LOG.log(Level.DEBUG, "leaving the cluster failed", e);
            }
        }
        sessions.forEach(session -> cluster.workers().leave(session.id()));
    }

    /** The workers of this process. */
    public List<WorkerSession> sessions() {
        return List.copyOf(sessions);
    }

    public Cluster cluster() {
        return cluster;
    }

    public ParkedMessages messages() {
        return messages;
    }

    private void obey(ClusterEvent event) {
        switch (event.kind()) {
            case INTERRUPT -> {
                var wanted = Optional.ofNullable(event.data().get("prompt_id")).map(String::valueOf);
                sessions.forEach(session -> session.interrupt(wanted));
            }
            // Waits for the running prompt, so it must not hold up the events behind it.
            case FREE -> background.submit(() -> free(event.data()));
            case MESSAGE, PREVIEW, TEXT -> {}
        }
    }

    private void free(Map<String, Object> wish) {
        sessions.forEach(session -> session.free(Boolean.TRUE.equals(wish.get("unload_models")), Boolean.TRUE.equals(wish.get("free_memory"))));
        if (Boolean.TRUE.equals(wish.get("unload_models"))) {
            Compute.unloadWeights();
        }
        Memory.giveBack();
    }

    private void beat() {
        try {
            sessions.forEach(session -> cluster.workers().heartbeat(info(session)));
            forgetWhatTheBrokerDoesNotHave();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the data grid does not take this worker's heartbeat: " + e.getMessage());
        }
    }

    private void forgetWhatTheBrokerDoesNotHave() {
        var forgotten = recalled.look(QueueState.silence(Setting.QUEUE_NAME.value()));
        if (!forgotten.isEmpty()) {
            LOG.log(Level.WARNING, "prompts that waited before the restart are not in the broker any more, and in the queue no more: " + forgotten);
            cluster.publishStatus();
        }
    }

    private WorkerInfo info(WorkerSession session) {
        var libtorch = Torch.isLoaded() ? Torch.version().toString() : "";
        var memory = device.isCpu() ? new Memory.OfDevice(Memory.available(), Memory.total()) : Memory.of(device);
        return new WorkerInfo(session.id(), host, libtorch, List.of(device.toString()), memory.total(), memory.free(),
                session.modelNames(), session.current().map(request -> request.promptId()).orElse(""), session.since(),
                session.isLeaving());
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (java.net.UnknownHostException e) {
            return "localhost";
        }
    }
}

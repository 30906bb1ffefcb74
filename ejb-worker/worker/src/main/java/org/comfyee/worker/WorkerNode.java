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
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.config.Directories;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.event.ClusterEvent;
import org.comfyee.cluster.ledger.RecalledPrompts;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.queue.QueueState;
import org.comfyee.cluster.worker.Drain;
import org.comfyee.cluster.worker.WorkerRegistry;
import org.comfyee.nodes.Compute;
import org.comfyee.nodes.Models;
import org.comfyee.nodes.Preferences;
import org.comfyee.nodes.ScopedCaller;
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

    /** Executors may have one thread only, in which nothing may wait for a prompt. */
    @Resource
    private ManagedThreadFactory threads;

    private final String host = host();
    private final List<AutoCloseable> joined = new ArrayList<>();
    private Cluster cluster;
    private ParkedMessages messages;
    private Sessions sessions;
    private RecalledPrompts recalled;
    private ScheduledFuture<?> heartbeat;

    @PostConstruct
    void start() {
        var folders = Directories.configured();
        try {
            folders.prepareOutput();
        } catch (IOException e) {
            throw new IllegalStateException("the directory for results " + folders.base() + " cannot be made", e);
        }
        var registry = NodeRegistry.load(Thread.currentThread().getContextClassLoader(), folders, Directories.wantedCustomNodes());
        // Only now, since nothing leaves the cluster again if this fails.
        cluster = Cluster.join();
        recalled = new RecalledPrompts(cluster.ledger());
        sessions = new Sessions(threads);
        messages = new ParkedMessages(cluster.ledger(), sessions::run, () -> QueueState.isConnected(Setting.QUEUE_NAME.value()));
        cluster.onReconciled(messages::announceAll);
        sessions.begin(() -> session(registry, folders));
        var events = cluster.events().subscribeControl(this::obey);
        joined.addAll(List.of(events, messages, cluster, Drain.onRequest(this::drain)));
        // Whoever claims a prompt must be known to be alive.
        beat();
        heartbeat = scheduler.scheduleAtFixedRate(this::beat, WorkerRegistry.HEARTBEAT.toMillis(), WorkerRegistry.HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
        // Loading libtorch takes a second that the first prompt need not wait for.
        threads.newThread(this::startSessions).start();
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

    private void startSessions() {
        sessions.computeOn(devices());
        beat();
        sessions.start();
    }

    /** What sessions compute on. What failed here is told again when a node needs it. */
    private static List<Compute> devices() {
        try {
            Torch.loadConfigured();
            var devices = ComputeSettings.apply();
            LOG.log(Level.INFO, "libtorch " + Torch.version() + " on " + devices.stream().map(each -> each.device().toString()).collect(Collectors.joining(", "))
                    + ", " + Torch.threads() + " threads");
            return devices;
        } catch (RuntimeException | LinkageError e) {
            LOG.log(Level.ERROR, "libtorch cannot be used as the settings want it: " + e.getMessage());
            return List.of(Compute.USUAL);
        }
    }

    /** Finishes what runs, for a while, and leaves the cluster. */
    private void drain(Duration patience) {
        LOG.log(Level.INFO, "takes no more prompts");
        sessions.leave();
        beat();
        sessions.awaitEnd(patience).forEach(session -> {
            LOG.log(Level.WARNING, "prompt " + session.current().map(PromptRequest::promptId).orElse("") + " did not end in time and is left to other workers");
            session.abandon();
        });
        heartbeat.cancel(false);
        sessions.all().forEach(session -> cluster.workers().leave(session.id()));
    }

    @PreDestroy
    void stop() {
        heartbeat.cancel(false);
        sessions.leave();
        for (var each : joined) {
            try {
                each.close();
            } catch (Exception e) {
                LOG.log(Level.DEBUG, "leaving the cluster failed", e);
            }
        }
        sessions.all().forEach(session -> cluster.workers().leave(session.id()));
    }

    /** The workers of this process. */
    public List<WorkerSession> sessions() {
        return sessions.all();
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
                sessions.all().forEach(session -> session.interrupt(wanted));
            }
            // Waits for the running prompt, so it must not hold up the events behind it, nor the other sessions.
            case FREE -> sessions.all().forEach(session -> threads.newThread(() -> free(session, event.data())).start());
            case MESSAGE, PREVIEW, TEXT -> {}
        }
    }

    private static void free(WorkerSession session, Map<String, Object> wish) {
        session.free(Boolean.TRUE.equals(wish.get("unload_models")), Boolean.TRUE.equals(wish.get("free_memory")));
        Memory.giveBack();
    }

    private void beat() {
        sessions.all().forEach(this::beat);
        try {
            forgetWhatTheBrokerDoesNotHave();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "it cannot be seen which prompts the broker has: " + e.getMessage());
        }
    }

    /** A session whose GPU or memory does not answer must not take the others with it. */
    private void beat(WorkerSession session) {
        try {
            cluster.workers().heartbeat(session.info(host));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the heartbeat of the worker on " + session.device() + " fails: " + e.getMessage());
        }
    }

    private void forgetWhatTheBrokerDoesNotHave() {
        var forgotten = recalled.look(QueueState.silence(Setting.QUEUE_NAME.value()));
        if (!forgotten.isEmpty()) {
            LOG.log(Level.WARNING, "prompts that waited before the restart are not in the broker any more, and in the queue no more: " + forgotten);
            cluster.publishStatus();
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}

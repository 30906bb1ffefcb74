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
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
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
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.worker.WorkerInfo;
import org.comfyee.cluster.worker.WorkerRegistry;
import org.comfyee.diffusion.checkpoint.LoadedWeights;
import org.comfyee.nodes.Models;
import org.comfyee.nodes.Preferences;
import org.comfyee.nodes.ScopedCaller;
import org.comfyee.torch.Device;
import org.comfyee.torch.Memory;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.execution.EventSink;
import org.comfyee.workflow.execution.ExecutionRequest;
import org.comfyee.workflow.execution.ExecutionResult;
import org.comfyee.workflow.execution.Interrupt;
import org.comfyee.workflow.execution.OutputCache;
import org.comfyee.workflow.execution.WorkflowExecutor;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.node.NodeRegistry;

/** This process as a worker: its models, its results, what it runs. Runs one prompt at a time. */
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

    private final String id = UUID.randomUUID().toString();
    private final Interrupt interrupt = new Interrupt();
    private Cluster cluster;
    private Models models;
    private WorkflowExecutor executor;
    private Future<?> torch;
    private ScheduledFuture<?> heartbeat;
    private Subscription subscription;
    /** As of the last prompt: while a checkpoint is being opened, asking for the names would wait. */
    private volatile List<String> modelNames = List.of();
    private volatile Device device = Device.CPU;
    private volatile String currentPrompt = "";
    private volatile long since = System.currentTimeMillis();

    @PostConstruct
    void start() {
        cluster = Cluster.join();
        models = new Models(Setting.MODELS_KEPT.number());
        Folders folders = Directories.configured();
        try {
            folders.prepareOutput();
        } catch (IOException e) {
            throw new IllegalStateException("the directory for results " + folders.base() + " cannot be made", e);
        }
        var preferences = new Preferences(!Setting.DISABLE_METADATA.isOn(), Preferences.PreviewMethod.of(Setting.PREVIEW_METHOD.value()),
                Setting.PREVIEW_SIZE.number());
        var registry = NodeRegistry.load(Thread.currentThread().getContextClassLoader());
        executor = new WorkflowExecutor(registry, folders, cache(), new ScopedCaller(), Map.of(Models.class, models, Preferences.class, preferences));
        subscription = cluster.events().subscribe(this::obey);
        heartbeat = scheduler.scheduleAtFixedRate(this::beat, 0, WorkerRegistry.HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
        // Loading libtorch takes a second that the first prompt need not wait for.
        torch = background.submit(this::loadTorch);
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

    @PreDestroy
    void stop() {
        heartbeat.cancel(false);
        subscription.close();
        cluster.workers().leave(id);
    }

    public String id() {
        return id;
    }

    public Cluster cluster() {
        return cluster;
    }

    private void obey(ClusterEvent event) {
        switch (event.kind()) {
            case INTERRUPT -> {
                var wanted = event.data().get("prompt_id");
                if (!currentPrompt.isEmpty() && (wanted == null || wanted.equals(currentPrompt))) {
                    interrupt.raise();
                }
            }
            // Waits for the running prompt, so it must not hold up the events behind it.
            case FREE -> background.submit(() -> free(event.data()));
            case MESSAGE, PREVIEW, TEXT -> {}
        }
    }

    private void free(Map<String, Object> wish) {
        if (Boolean.TRUE.equals(wish.get("free_memory"))) {
            executor.clearCache();
        }
        if (Boolean.TRUE.equals(wish.get("unload_models"))) {
            models.unload();
            LoadedWeights.unload();
            modelNames = models.names();
        }
        Memory.giveBack();
    }

    private void beat() {
        try {
            cluster.workers().heartbeat(info());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the data grid does not take this worker's heartbeat: " + e.getMessage());
        }
    }

    private WorkerInfo info() {
        var libtorch = Torch.isLoaded() ? Torch.version().toString() : "";
        var memory = device.isCpu() ? new Memory.OfDevice(Memory.available(), Memory.total()) : Memory.of(device);
        return new WorkerInfo(id, host(), libtorch, List.of(device.toString()), memory.total(), memory.free(), modelNames, currentPrompt, since);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (java.net.UnknownHostException e) {
            return "localhost";
        }
    }

    /** Runs a prompt to its end. */
    public ExecutionResult run(PromptRequest request, EventSink sink) {
        awaitTorch();
        begin(request.promptId());
        try {
            return executor.execute(new ExecutionRequest(request.promptId(), request.prompt(), request.extraData(), request.outputs()), sink, interrupt);
        } finally {
            modelNames = models.names();
            begin("");
        }
    }

    /** What failed there is told when a node needs it. */
    private void awaitTorch() {
        try {
            torch.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("libtorch could not be loaded", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the worker is stopping", e);
        }
    }

    private void begin(String promptId) {
        currentPrompt = promptId;
        since = System.currentTimeMillis();
    }
}

package org.comfyee.cluster;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import com.hazelcast.core.HazelcastInstance;
import org.comfyee.cluster.config.Credentials;
import org.comfyee.cluster.config.Directories;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.event.ClusterEvent;
import org.comfyee.cluster.event.EventBus;
import org.comfyee.cluster.grid.DurableGrid;
import org.comfyee.cluster.grid.DurableGrid.Keeping;
import org.comfyee.cluster.grid.Grid;
import org.comfyee.cluster.grid.HazelcastGrid;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.grid.Seal;
import org.comfyee.cluster.grid.SealedGrid;
import org.comfyee.cluster.ledger.History;
import org.comfyee.cluster.ledger.MapNames;
import org.comfyee.cluster.ledger.PromptLedger;
import org.comfyee.cluster.ledger.Scheduler;
import org.comfyee.cluster.ledger.SchedulingRules;
import org.comfyee.cluster.queue.BrokerUri;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.queue.StoredPrompts;
import org.comfyee.cluster.worker.Controls;
import org.comfyee.cluster.worker.WorkerRegistry;

/** All that front ends and workers share. */
public final class Cluster implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Cluster.class.getName());
    private static final String GRID_NAME = "payara/Hazelcast";
    /** A front end keeps everything on its disk. */
    private static final Map<String, Keeping> KEPT = Map.of(
            MapNames.HISTORY, Keeping.WRITTEN,
            MapNames.FINISHED, Keeping.EXPIRING,
            MapNames.QUEUE_CONTROLS, Keeping.WRITTEN,
            MapNames.REQUESTS, Keeping.WRITTEN,
            MapNames.ATTEMPTS, Keeping.OWN);
    /**
     * A worker keeps what became of those prompts that it ran or acknowledged; with many workers each would be busy keeping the others'
     * too. What it finds on disk of a member that is gone, a front end perhaps, it gives back to the grid all the same.
     */
    private static final Map<String, Keeping> KEPT_BY_WORKER = Map.of(
            MapNames.HISTORY, Keeping.WRITTEN_HERE,
            MapNames.FINISHED, Keeping.EXPIRING_HERE,
            MapNames.QUEUE_CONTROLS, Keeping.WRITTEN,
            MapNames.REQUESTS, Keeping.WRITTEN_HERE,
            MapNames.ATTEMPTS, Keeping.OWN);
    private static final Duration RESTORE_PAUSE = Duration.ofSeconds(2);

    /** That of this process, and how many of its applications are in it. */
    private static Cluster joined;
    private static int applications;

    private final Grid grid;
    private final EventBus events;
    private final WorkerRegistry workers;
    private final Controls controls;
    private final PromptLedger ledger;
    private final Scheduler scheduler;
    private final History history;
    private final List<Runnable> reconciled = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** @param grid is closed with the cluster */
    public Cluster(Grid grid, int mostAttempts, SchedulingRules rules) {
        this.grid = grid;
        events = new EventBus(grid);
        workers = new WorkerRegistry(grid);
        controls = new Controls(grid);
        ledger = new PromptLedger(grid, workers::isAlive, mostAttempts, rules);
        scheduler = new Scheduler(ledger, workers, controls, rules);
        history = new History(grid);
        grid.onMerge(() -> {
            ledger.reconcile();
            reconciled.forEach(Runnable::run);
        });
    }

    /**
     * Joins the server's data grid, together with the other applications of this process that have this class in common; a
     * server without a data grid is a cluster of its own. If no prompt is known there but from disk, then the cluster may be a
     * new one, and those that wait in the broker are entered as soon as it can be reached.
     *
     * @return to be closed by each application
     */
    public static synchronized Cluster join() {
        if (joined == null) {
            joined = joinAnew();
        }
        applications++;
        return joined;
    }

    private static Cluster joinAnew() {
        var cluster = new Cluster(grid(), Setting.MAX_ATTEMPTS.number(), SchedulingRules.configured());
        if (cluster.controls.isQueuePaused()) {
            LOG.log(Level.INFO, "the queue is paused");
        }
        Setting.CONNECTION_URI.given().filter(_ -> cluster.ledger.knowsNoneForSure()).map(_ -> BrokerUri.configured()).ifPresent(broker ->
                Thread.ofVirtual().name("restore-prompts").start(() -> cluster.restoreOnceReachable(broker, Setting.QUEUE_NAME.value())));
        return cluster;
    }

    private void restoreOnceReachable(BrokerUri broker, String queue) {
        boolean goesOn = true;
        while (goesOn && !closed && !restored(broker, queue)) {
            goesOn = Pause.of(RESTORE_PAUSE);
        }
    }

    private boolean restored(BrokerUri broker, String queue) {
        try {
            restore(broker, queue);
            return true;
        } catch (JMSException e) {
            LOG.log(Level.DEBUG, "the broker " + broker + " cannot be looked into yet: " + e.getMessage());
            return false;
        }
    }

    /** Enters the prompts that wait in the broker into the ledger. */
    public void restore(BrokerUri broker, String queue) throws JMSException {
        var prompts = StoredPrompts.of(broker, queue);
        prompts.forEach(ledger::restore);
        if (!prompts.isEmpty()) {
            LOG.log(Level.INFO, prompts.size() + " prompts waited in the broker");
            publishStatus();
        }
    }

    /** The data grid as the settings want it: sealed with the cluster's key, and what shall outlive it kept on disk. */
    private static Grid grid() {
        var directory = Directories.configured().user().resolve("ledger");
        var shared = sharedGrid();
        try {
            return new DurableGrid(shared, directory, Setting.WORKER.isOn() ? KEPT_BY_WORKER : KEPT);
        } catch (IOException e) {
            shared.close();
            throw new IllegalStateException("history and ledger cannot be kept in " + directory + ": " + e.getMessage(), e);
        }
    }

    private static Grid sharedGrid() {
        try {
            if (new InitialContext().lookup(GRID_NAME) instanceof HazelcastInstance hazelcast) {
                var key = Credentials.configured().clusterKey();
                var grid = new HazelcastGrid(hazelcast);
                return key.isEmpty() ? grid : new SealedGrid(grid, new Seal(key));
            }
        } catch (NamingException | NoClassDefFoundError e) {
            // A server that was started without its data grid.
        }
        return new LocalGrid();
    }

    public EventBus events() {
        return events;
    }

    public WorkerRegistry workers() {
        return workers;
    }

    public Controls controls() {
        return controls;
    }

    public PromptLedger ledger() {
        return ledger;
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    public History history() {
        return history;
    }

    /** Has something done each time that the data grid may have lost prompts, after the ledger has seen which. */
    public void onReconciled(Runnable action) {
        reconciled.add(action);
    }

    /** Ends the listening to the data grid, and gives its files on disk to others, for an application that goes while its server stays. */
    @Override
    public void close() {
        synchronized (Cluster.class) {
            if (this == joined) {
                applications--;
                if (applications > 0) {
                    return;
                }
                joined = null;
            }
        }
        closed = true;
        ledger.close();
        controls.close();
        grid.close();
    }

    /**
     * Records how a prompt ended, in ledger and history.
     *
     * @param historyEntry JSON
     */
    public void recordEnd(PromptRequest request, PromptLedger.Outcome outcome, String historyEntry) {
        ledger.finish(request, outcome, history.entry(request.promptId(), historyEntry));
        history.trim();
    }

    /** Tells all clients how many prompts wait or run. */
    public void publishStatus() {
        events.publish(ClusterEvent.message("", true, "status", status(ledger.remaining())));
    }

    /** The data of a status message. */
    public static Map<String, Object> status(int remaining) {
        var status = new LinkedHashMap<String, Object>();
        status.put("status", Map.of("exec_info", Map.of("queue_remaining", remaining)));
        return status;
    }

    /** All workers in JSON form, as clients see them, by id. */
    public List<Map<String, Object>> workerList() {
        var list = workers.list();
        // Known at once, not with a worker's next sign of life.
        list.forEach(worker -> worker.put("paused", controls.holdsBack((String) worker.get("id"))));
        return list;
    }

    /** Ends the running prompt of that id, or all that run. */
    public void interrupt(Optional<String> promptId) {
        var data = new LinkedHashMap<String, Object>();
        data.put("prompt_id", promptId.orElse(null));
        events.publish(ClusterEvent.control(ClusterEvent.Kind.INTERRUPT, data));
    }

    /** Takes a prompt back if it waits, ends it if it runs. @return whether it did either */
    public boolean stop(String promptId) {
        if (cancel(Optional.of(List.of(promptId))) > 0) {
            return true;
        }
        boolean running = ledger.isOpen(promptId);
        if (running) {
            interrupt(Optional.of(promptId));
        }
        return running;
    }

    /** Makes all workers give memory back. */
    public void free(boolean unloadModels, boolean freeMemory) {
        events.publish(ClusterEvent.control(ClusterEvent.Kind.FREE, Map.of("unload_models", unloadModels, "free_memory", freeMemory)));
    }

    /** Takes back the waiting prompts of these ids, or all. @return how many there were */
    public int cancel(Optional<List<String>> promptIds) {
        int count = 0;
        for (var id : promptIds.orElseGet(ledger::pendingIds)) {
            if (ledger.cancel(id)) {
                count++;
                // Each named one is a change of its own, and every change is told, as clients count on.
                if (promptIds.isPresent()) {
                    publishStatus();
                }
            }
        }
        if (count > 0 && promptIds.isEmpty()) {
            publishStatus();
        }
        return count;
    }
}

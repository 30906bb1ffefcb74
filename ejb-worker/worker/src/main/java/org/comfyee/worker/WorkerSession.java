package org.comfyee.worker;

import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.ledger.Claim;
import org.comfyee.cluster.ledger.PromptLedger.Outcome;
import org.comfyee.cluster.ledger.Scheduler;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.cluster.worker.WorkerInfo;
import org.comfyee.nodes.Compute;
import org.comfyee.nodes.Models;
import org.comfyee.torch.Device;
import org.comfyee.torch.Memory;
import org.comfyee.torch.ThreadPriority;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.execution.ExecutionRequest;
import org.comfyee.workflow.execution.Interrupt;
import org.comfyee.workflow.execution.WorkflowExecutor;

/** Runs prompts on a device, one after the other: waits for its turn, runs, records, and lets the broker forget the message. */
public final class WorkerSession implements Runnable, Scheduler.Applicant {
    private static final System.Logger LOG = System.getLogger(WorkerSession.class.getName());
    private static final long PAUSE_MILLIS = 1_000;

    private final String id;
    private final Cluster cluster;
    private final ParkedMessages messages;
    private final WorkflowExecutor executor;
    private final Models models;
    private final Interrupt interrupt = new Interrupt();
    private volatile Compute compute = Compute.USUAL;
    /** As of the last prompt: while a checkpoint is being opened, asking for the names would wait. */
    private volatile List<String> modelNames = List.of();
    private volatile Set<String> heldModels = Set.of();
    private volatile Optional<PromptRequest> current = Optional.empty();
    /** As clients see it; empty if there is none. */
    private volatile String currentNode = "";
    /** When it began its prompt or began to wait; since 1970. */
    private volatile long since = System.currentTimeMillis();
    private volatile boolean leaving;

    WorkerSession(String id, Cluster cluster, ParkedMessages messages, WorkflowExecutor executor, Models models) {
        this.id = id;
        this.cluster = cluster;
        this.messages = messages;
        this.executor = executor;
        this.models = models;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Set<String> models() {
        return heldModels;
    }

    /** What runs. */
    Optional<PromptRequest> current() {
        return current;
    }

    boolean runs(String promptId) {
        return current.filter(request -> request.promptId().equals(promptId)).isPresent();
    }

    /** Decides on what it computes, before it runs. */
    void computeOn(Compute chosen) {
        compute = chosen;
    }

    /** What it computes on. */
    Device device() {
        return compute.device();
    }

    /** What it tells of itself. */
    WorkerInfo info(String host) {
        var libtorch = Torch.isLoaded() ? Torch.version().toString() : "";
        var memory = Memory.of(device());
        return new WorkerInfo(id, host, libtorch, List.of(device().toString()), memory.total(), memory.free(), modelNames,
                current.map(PromptRequest::promptId).orElse(""), currentNode, since, leaving);
    }

    @Override
    public void run() {
        if (device().isCpu() && !Setting.WORKER.isOn()) {
            // Clients of the front end in this process must not wait for the pictures of others.
            ThreadPriority.lower();
        }
        compute.call(() -> {
            takeTurns();
            return null;
        });
    }

    private void takeTurns() {
        try {
            while (true) {
                try {
                    var turn = cluster.scheduler().next(this, () -> leaving);
                    if (turn.isEmpty()) {
                        return;
                    }
                    handle(turn.get());
                } catch (RuntimeException | Error e) {
                    if (leaving) {
                        return;
                    }
                    // Members of the data grid come and go; this session must outlast what that makes fail, and lack of memory.
                    LOG.log(Level.WARNING, "the data grid could not be asked for a prompt, trying again", e);
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(Scheduler.Turn turn) throws InterruptedException {
        // The data grid may have lost the one and kept the other when several members died at once.
        var request = turn.request().or(() -> messages.request(turn.promptId()));
        if (request.isEmpty()) {
            LOG.log(Level.WARNING, "prompt " + turn.promptId() + " waits until the broker gives it out again");
            cluster.ledger().setAside(turn.promptId());
            return;
        }
        begin(request);
        var ended = Optional.<Outcome>empty();
        try {
            var recorder = new PromptRecorder(cluster, request.get(), id, node -> currentNode = node);
            if (turn.claim() == Claim.EXHAUSTED) {
                ended = recorder.giveUp();
            } else {
                ended = run(request.get(), recorder);
            }
        } catch (RuntimeException | Error e) {
            // What fails here is the worker or the data grid, not the workflow.
            LOG.log(Level.WARNING, "prompt " + turn.promptId() + " could not be run and is given back", e);
            Thread.sleep(PAUSE_MILLIS);
            cluster.ledger().giveBack(request.get(), id, true);
        } finally {
            begin(Optional.empty());
            ended.ifPresentOrElse(outcome -> messages.settle(turn.promptId(), outcome), () -> messages.settle(turn.promptId()));
        }
    }

    private Optional<Outcome> run(PromptRequest request, PromptRecorder recorder) {
        cluster.publishStatus();
        var wanted = new ExecutionRequest(request.promptId(), request.prompt(), request.extraData(), request.outputs());
        try {
            return recorder.record(executor.execute(wanted, recorder, interrupt), Outcome.FINISHED);
        } finally {
            if (Setting.DISABLE_SMART_MEMORY.isOn()) {
                compute.unloadWeights();
            }
            lookAtModels();
        }
    }

    private void lookAtModels() {
        modelNames = models.names();
        heldModels = new HashSet<>(modelNames);
    }

    private synchronized void begin(Optional<PromptRequest> request) {
        // A wish that came too late for the last prompt is none for this one.
        interrupt.clear();
        currentNode = "";
        current = request;
        since = System.currentTimeMillis();
    }

    /** Ends the running prompt, if it is that one or none in particular is meant. */
    synchronized void interrupt(Optional<String> promptId) {
        if (current.filter(request -> promptId.isEmpty() || promptId.get().equals(request.promptId())).isPresent()) {
            interrupt.raise();
        }
    }

    /** Gives memory back, after the running prompt. */
    void free(boolean unloadModels, boolean clearCache) {
        if (clearCache) {
            executor.clearCache();
        }
        if (unloadModels) {
            models.unload();
            lookAtModels();
            compute.unloadWeights();
        }
    }

    /** Makes it take nothing more. */
    void leave() {
        leaving = true;
        cluster.scheduler().wake();
    }

    boolean isLeaving() {
        return leaving;
    }

    /** Lets other workers have the prompt that still runs. */
    void abandon() {
        current.ifPresent(request -> cluster.ledger().giveBack(request, id, false));
    }
}

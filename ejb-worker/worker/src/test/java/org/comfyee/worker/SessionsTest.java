package org.comfyee.worker;

import static org.comfyee.workflow.node.NodeDefinition.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.jms.Message;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.comfyee.cluster.Cluster;
import org.comfyee.cluster.grid.LocalGrid;
import org.comfyee.cluster.grid.Subscription;
import org.comfyee.cluster.ledger.SchedulingRules;
import org.comfyee.cluster.queue.PromptRequest;
import org.comfyee.diffusion.checkpoint.Placements;
import org.comfyee.nodes.Models;
import org.comfyee.nodes.ScopedCaller;
import org.comfyee.torch.Device;
import org.comfyee.torch.Torch;
import org.comfyee.workflow.execution.OutputCache;
import org.comfyee.workflow.execution.WorkflowExecutor;
import org.comfyee.workflow.files.Folders;
import org.comfyee.workflow.node.Inputs;
import org.comfyee.workflow.node.Node;
import org.comfyee.workflow.node.NodeContext;
import org.comfyee.workflow.node.NodeDefinition;
import org.comfyee.workflow.node.NodeRegistry;
import org.comfyee.workflow.node.Outputs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions on two devices of one process. */
class SessionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<Device> DEVICES = List.of(Device.STAND_IN, Device.standIn(1));

    private final Where where = new Where();
    private final Cluster cluster = new Cluster(new LocalGrid(UUID.randomUUID().toString()), 3, SchedulingRules.BY_NUMBER);
    private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    private final Subscription ends = cluster.ledger().onEnd(ended::add);
    private final Sessions sessions = new Sessions(Thread::new);
    private final ParkedMessages messages = new ParkedMessages(cluster.ledger(), sessions::run, () -> true);

    /** Notes on what each prompt computes, and goes on when it may. */
    private static final class Where implements Node {
        private static final NodeDefinition DEFINITION = node("Where").category("test").outputNode().notIdempotent().build();

        private final Map<String, Device> devices = new ConcurrentHashMap<>();
        private final Semaphore entered = new Semaphore(0);
        private final Semaphore mayGoOn = new Semaphore(0);

        @Override
        public NodeDefinition definition() {
            return DEFINITION;
        }

        @Override
        public Outputs run(Inputs inputs, NodeContext context) throws InterruptedException {
            devices.put(context.promptId(), Placements.current().device());
            entered.release();
            while (!mayGoOn.tryAcquire(10, TimeUnit.MILLISECONDS)) {
                context.checkInterrupted();
            }
            return Outputs.of();
        }

        void awaitEntered(int prompts) throws InterruptedException {
            assertTrue(entered.tryAcquire(prompts, PATIENCE.toSeconds(), TimeUnit.SECONDS), () -> "only these run: " + devices);
        }
    }

    @BeforeAll
    static void load() {
        Torch.loadConfigured();
    }

    @BeforeEach
    void prepare() {
        sessions.begin(() -> {
            var models = new Models(1);
            var executor = new WorkflowExecutor(NodeRegistry.of(List.of(where)), Folders.of(Path.of("target")), OutputCache.none(), new ScopedCaller(),
                    Map.of(Models.class, models));
            return new WorkerSession(UUID.randomUUID().toString(), cluster, messages, executor, models);
        });
    }

    @AfterEach
    void end() {
        sessions.leave();
        where.mayGoOn.release(100);
        assertEquals(List.of(), sessions.awaitEnd(PATIENCE));
        ends.close();
        messages.close();
        cluster.close();
    }

    private void computeOnBoth() {
        sessions.computeOn(DEVICES.stream().map(ComputeSettings::apply).toList());
        sessions.all().forEach(session -> cluster.workers().heartbeat(session.info("here")));
    }

    private void submit(String promptId, long number) {
        var request = new PromptRequest(promptId, number, Map.of("1", Map.of("class_type", "Where", "inputs", Map.of())), Map.of(), List.of("1"), number);
        cluster.ledger().enter(request);
        cluster.ledger().accept(request);
    }

    private void awaitEnds(String... promptIds) throws InterruptedException {
        for (var missing = new HashSet<>(List.of(promptIds)); !missing.isEmpty();) {
            var id = ended.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertNotNull(id, () -> missing + " did not end in time");
            missing.remove(id);
        }
    }

    @Test
    void eachDeviceIsAWorkerOfItsOwn() {
        var first = sessions.all().getFirst();
        computeOnBoth();
        assertEquals(DEVICES, sessions.all().stream().map(WorkerSession::device).toList());
        assertEquals(first, sessions.all().getFirst());
        assertNotEquals(first.id(), sessions.all().getLast().id());
        for (var session : sessions.all()) {
            var told = cluster.workers().list().stream().filter(worker -> worker.get("id").equals(session.id())).findFirst().orElseThrow();
            assertEquals(List.of(session.device().toString()), told.get("devices"));
            assertTrue(((Number) told.get("memory_total")).longValue() > 0);
        }
    }

    @Test
    void promptsRunOnAllDevicesAtOnce() throws InterruptedException {
        computeOnBoth();
        submit("p0", 0);
        submit("p1", 1);
        sessions.start();
        where.awaitEntered(2);
        assertEquals(Set.copyOf(DEVICES), Set.copyOf(where.devices.values()));
        where.mayGoOn.release(2);
        awaitEnds("p0", "p1");
    }

    @Test
    void whatIsInterruptedOnOneDeviceGoesOnOnTheOther() throws InterruptedException {
        computeOnBoth();
        submit("p0", 0);
        submit("p1", 1);
        sessions.start();
        where.awaitEntered(2);
        sessions.all().forEach(session -> session.interrupt(Optional.of("p1")));
        awaitEnds("p1");
        assertTrue(sessions.run("p0"));
        assertFalse(cluster.ledger().isFinished("p0"));
        where.mayGoOn.release();
        awaitEnds("p0");
    }

    @Test
    void thoseThatLeaveEndTheirPromptsFirst() throws InterruptedException {
        computeOnBoth();
        submit("p0", 0);
        submit("p1", 1);
        submit("p2", 2);
        sessions.start();
        where.awaitEntered(2);
        sessions.leave();
        assertEquals(Set.copyOf(sessions.all()), Set.copyOf(sessions.awaitEnd(Duration.ofMillis(50))));
        where.mayGoOn.release(2);
        assertEquals(List.of(), sessions.awaitEnd(PATIENCE));
        assertEquals(List.of("p2"), cluster.ledger().pendingIds());
    }

    @Test
    void devicesThatAreFoundTooLateGetNoSession() {
        sessions.leave();
        computeOnBoth();
        sessions.start();
        submit("p0", 0);
        assertEquals(1, sessions.all().size());
        assertEquals(List.of("p0"), cluster.ledger().pendingIds());
    }

    @Test
    void thereIsRoomForAsManyMessagesAsSessionsCanUse() throws InterruptedException {
        int ofOne = 16;
        for (int i = 0; i < ofOne; i++) {
            var request = new PromptRequest("p" + i, (long) i, Map.of(), Map.of(), List.of("1"), i);
            messages.park(request, (Message) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Message.class}, (_, _, _) -> null));
        }
        messages.awaitRoom(() -> 2);
        var waiting = Thread.ofVirtual().start(() -> {
            try {
                messages.awaitRoom(() -> 1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertFalse(waiting.join(Duration.ofMillis(50)));
        cluster.ledger().cancel("p0");
        assertTrue(waiting.join(PATIENCE));
    }
}

package org.comfyee.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.comfyee.cluster.config.Setting;
import sun.misc.Signal;

/** Several workers on one machine, each a process with models and memory of its own; one that dies is started again. */
final class WorkerProcesses {
    /** Tells a child who started it. */
    private static final String PARENT = "COMFYEE_SUPERVISOR";
    private static final Duration SHORT_LIFE = Duration.ofSeconds(20);
    private static final long LONGEST_PAUSE_SECONDS = 30;
    private static final long GRACE_SECONDS = 10;

    private final List<String> arguments;
    private final List<Process> children = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean ending;

    private WorkerProcesses(List<String> arguments) {
        this.arguments = arguments;
    }

    /** Starts so many with the arguments of this process and watches over them until it is told to end (SIGTERM). */
    static void supervise(int count, List<String> arguments) {
        var workers = new WorkerProcesses(arguments);
        Signal.handle(new Signal("TERM"), _ -> Thread.ofPlatform().name("termination").start(workers::end));
        for (int i = 0; i < count; i++) {
            int index = i;
            Thread.ofPlatform().name("worker-process-" + i).start(() -> workers.keepRunning(index));
        }
    }

    /** Ends this process in peace when the one that started it is gone. */
    static void endWithParent() {
        var parent = System.getenv(PARENT);
        if (parent != null) {
            ProcessHandle.of(Long.parseLong(parent)).ifPresentOrElse(handle -> handle.onExit().thenRun(Termination::end), Termination::end);
        }
    }

    private void keepRunning(int index) {
        long pause = 1;
        try {
            while (!ending) {
                long start = System.nanoTime();
                var child = start(index);
                children.add(child);
                int code = child.waitFor();
                children.remove(child);
                if (ending) {
                    return;
                }
                boolean shortLived = System.nanoTime() - start < SHORT_LIFE.toNanos();
                pause = shortLived ? Math.min(2 * pause, LONGEST_PAUSE_SECONDS) : 1;
                System.err.println("comfyee: worker process " + index + " ended with code " + code + " and is started again in " + pause + " s");
                TimeUnit.SECONDS.sleep(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.err.println("comfyee: worker process " + index + " cannot be started: " + e.getMessage());
        }
    }

    private Process start(int index) throws IOException {
        var command = new ArrayList<>(List.of("bash", System.getProperty("comfyee.program")));
        command.addAll(arguments);
        // Of the same option the last one counts.
        command.addAll(List.of("--" + Setting.WORKER_PROCESSES.flag(), "1"));
        if (System.getProperty(Setting.HEALTH_PORT.key()) != null) {
            command.addAll(List.of("--" + Setting.HEALTH_PORT.flag(), Integer.toString(Setting.HEALTH_PORT.number() + index)));
        }
        var builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put(PARENT, Long.toString(ProcessHandle.current().pid()));
        return builder.start();
    }

    private void end() {
        ending = true;
        var last = List.copyOf(children);
        last.forEach(Process::destroy);
        try {
            for (var child : last) {
                if (!child.waitFor(Setting.DRAIN_SECONDS.number() + GRACE_SECONDS, TimeUnit.SECONDS)) {
                    child.destroyForcibly();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.exit(0);
    }
}

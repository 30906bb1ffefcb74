package org.comfyee.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.comfyee.cluster.config.Setting;
import org.comfyee.torch.Torch;
import org.comfyee.torch.TorchException;
import sun.misc.Signal;

/**
 * Several worker processes on one machine, each with models and memory of its own; one that dies is started again. Either
 * so many, among which the GPUs are dealt out, or one for each GPU.
 */
final class WorkerProcesses {
    private static final String ONE_FOR_EACH_GPU = "auto";
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

    private static boolean isOneForEachGpu() {
        return Setting.WORKER_PROCESSES.value().strip().equals(ONE_FOR_EACH_GPU);
    }

    /**
     * Whether the settings ask for processes to be watched over.
     *
     * @throws UsageException if they contradict each other, or are neither a count nor {@code auto}
     */
    static boolean areWanted() throws UsageException {
        var flag = "--" + Setting.WORKER_PROCESSES.flag();
        if (!isOneForEachGpu()) {
            int count;
            try {
                count = Setting.WORKER_PROCESSES.number();
            } catch (IllegalArgumentException e) {
                throw new UsageException(flag + " is '" + Setting.WORKER_PROCESSES.value() + "', expected a whole number or " + ONE_FOR_EACH_GPU);
            }
            if (count < 1) {
                throw new UsageException(flag + " is " + count + ", expected 1 or more");
            }
            return count > 1;
        }
        if (Setting.CPU.isOn()) {
            throw new UsageException(flag + "=" + ONE_FOR_EACH_GPU + " asks for GPUs, so that there can be no --" + Setting.CPU.flag());
        }
        return true;
    }

    /** Starts workers with the arguments of this process and watches over them until it is told to end (SIGTERM). */
    static void supervise(List<String> arguments) throws UsageException {
        var devices = devices();
        var workers = new WorkerProcesses(arguments);
        Signal.handle(new Signal("TERM"), _ -> Thread.ofPlatform().name("termination").start(workers::end));
        for (int i = 0; i < devices.size(); i++) {
            int index = i;
            Thread.ofPlatform().name("worker-process-" + i).start(() -> workers.keepRunning(index, devices.get(index)));
        }
    }

    /** The option of each process that names its GPUs; none, and for {@code auto} one process, if there is no GPU. */
    private static List<List<String>> devices() throws UsageException {
        var gpus = gpus();
        if (!isOneForEachGpu()) {
            return dealt(gpus, Setting.WORKER_PROCESSES.number());
        }
        System.err.println(gpus.isEmpty()
                ? "comfyee: libtorch finds no GPU on this machine, so there is one worker process, on the CPU"
                : "comfyee: " + gpus.size() + (gpus.size() == 1 ? " GPU" : " GPUs") + ", each gets a worker process");
        return dealt(gpus, Math.max(1, gpus.size()));
    }

    /** Those that were asked for, or all. */
    private static List<Integer> gpus() throws UsageException {
        boolean asked = Setting.CUDA_DEVICE.given().isPresent();
        // Loading it only to find none takes memory for as long as this process lives.
        if (Setting.CPU.isOn() || !asked && !Torch.isConfiguredForCuda()) {
            return List.of();
        }
        try {
            Torch.loadConfigured();
            if (!asked) {
                return IntStream.range(0, Torch.cudaDeviceCount()).boxed().toList();
            }
            Setting.CUDA_DEVICE.numbers().forEach(Torch::requireCuda);
            return Setting.CUDA_DEVICE.numbers();
        } catch (TorchException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** Of fewer processes than GPUs each has several, of more some share one. */
    static List<List<String>> dealt(List<Integer> gpus, int processes) {
        if (gpus.isEmpty()) {
            return Collections.nCopies(processes, List.of());
        }
        var hands = new ArrayList<List<String>>();
        for (int process = 0; process < processes; process++) {
            int first = process % gpus.size();
            var hand = IntStream.iterate(first, place -> place < gpus.size(), place -> place + processes).mapToObj(place -> gpus.get(place).toString());
            hands.add(List.of("--" + Setting.CUDA_DEVICE.flag(), hand.collect(Collectors.joining(","))));
        }
        return hands;
    }

    /** Ends this process in peace when the one that started it is gone. */
    static void endWithParent() {
        var parent = System.getenv(PARENT);
        if (parent != null) {
            ProcessHandle.of(Long.parseLong(parent)).ifPresentOrElse(handle -> handle.onExit().thenRun(Termination::end), Termination::end);
        }
    }

    private void keepRunning(int index, List<String> device) {
        long pause = 1;
        try {
            while (!ending) {
                long start = System.nanoTime();
                var child = start(index, device);
                children.add(child);
                int code = child.waitFor();
                children.remove(child);
                if (ending || code == 0 && Setting.QUICK_TEST_FOR_CI.isOn()) {
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

    private Process start(int index, List<String> device) throws IOException {
        var command = new ArrayList<>(List.of("bash", System.getProperty("comfyee.program")));
        command.addAll(arguments);
        // Of the same option the last one counts.
        command.addAll(List.of("--" + Setting.WORKER_PROCESSES.flag(), "1"));
        command.addAll(device);
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

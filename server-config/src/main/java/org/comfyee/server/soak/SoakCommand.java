package org.comfyee.server.soak;

import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.comfyee.server.Arguments;
import org.comfyee.server.UsageException;

/** The command {@code comfyee --soak}: a whole cluster under load, with processes killed at random. */
public final class SoakCommand {
    private static final String HELP = """
            comfyee --soak [options]   runs a broker, front ends and workers as processes and counts what gets lost

              --front-ends=COUNT   (default: 2)
              --workers=COUNT      (default: 3)
              --clients=COUNT      users that submit at once, each with 4 prompts in flight (default: 8)
              --prompts=COUNT      (default: 10000)
              --milliseconds=TIME  how long each prompt sleeps (default: 50)
              --kills=COUNT        how often processes are killed meanwhile, mostly a worker, else two or a front end (default: 20)
              --seed=NUMBER        which ones (default: 1)
              --scaling=N,N,...    measures prompts a second with so many workers in place of all that (such as 1,2,4,8)
              --warm-up=COUNT      prompts that each process gets before that, since a JVM compiles what has run often (default: 1000)
              --cwd=DIR            where the processes work and log (default: a new directory below the system's temporary one)
            """;
    private static final int IN_FLIGHT = 4;
    /** Enough that no worker waits for a client. */
    private static final int SCALING_IN_FLIGHT = 16;

    private final Map<String, String> options = new TreeMap<>(Map.of("cwd", "", "front-ends", "2", "workers", "3", "clients", "8", "prompts", "10000",
            "milliseconds", "50", "kills", "20", "seed", "1", "scaling", "", "warm-up", "1000"));
    private final PrintStream out;

    private SoakCommand(PrintStream out) {
        this.out = out;
    }

    /**
     * @return the exit code: 0 if nothing was lost, run twice or out of order
     * @throws UsageException for an option that is not there or lacks its value
     * @throws IllegalArgumentException for a value that cannot be followed
     */
    public static int run(List<String> arguments, PrintStream out) throws UsageException, IOException, InterruptedException {
        if (arguments.contains("--help")) {
            out.print(HELP);
            return 0;
        }
        var soak = new SoakCommand(out);
        soak.read(arguments);
        var given = soak.options.get("cwd");
        var directory = given.isEmpty() ? Files.createTempDirectory("comfyee-soak") : Files.createDirectories(Path.of(given)).toAbsolutePath();
        System.err.println("the processes log in " + directory);
        return soak.options.get("scaling").isEmpty() ? soak.soak(directory) : soak.scale(directory);
    }

    private void read(List<String> arguments) throws UsageException {
        for (var words = new Arguments(arguments); words.hasNext();) {
            var flag = words.next();
            if (!Arguments.isFlag(flag) || !options.containsKey(flag.substring(2))) {
                throw new UsageException("'" + flag + "' is no option of --soak, see --soak --help");
            }
            options.put(flag.substring(2), words.neededValue());
        }
    }

    private int number(String option) {
        try {
            return Integer.parseInt(options.get(option));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + option + " is '" + options.get(option) + "', expected a whole number");
        }
    }

    private int soak(Path directory) throws IOException, InterruptedException {
        int prompts = number("prompts");
        int kills = number("kills");
        try (var cluster = new SoakCluster(directory); var http = client()) {
            cluster.startAll(number("front-ends"), number("workers"));
            var record = new SoakRecord();
            var clients = SoakClient.many(number("clients"), http, cluster::frontEnd, record, IN_FLIGHT);
            var users = start(clients, prompts, number("milliseconds"));
            var killed = kill(cluster, record, prompts, kills);
            for (var user : users) {
                user.join();
            }
            clients.forEach(SoakClient::close);
            out.printf("%d front ends, %d workers, %d clients, %d prompts of %d ms, killed: %s%n", cluster.frontEndCount(), cluster.workerCount(),
                    clients.size(), prompts, number("milliseconds"), killed);
            return record.print(cluster.begun(), cluster.turns(), out) ? 0 : 1;
        }
    }

    private static List<Thread> start(List<SoakClient> clients, int prompts, int milliseconds) throws InterruptedException {
        var users = new ArrayList<Thread>();
        for (int i = 0; i < clients.size(); i++) {
            var client = clients.get(i);
            int share = prompts / clients.size() + (i < prompts % clients.size() ? 1 : 0);
            client.connect();
            users.add(Thread.ofVirtual().start(() -> {
                try {
                    client.run(share, milliseconds);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        return users;
    }

    /** Kills spread over the run; it may end before all are done, where processes start slowly. @return how many of which kind */
    private Map<String, Integer> kill(SoakCluster cluster, SoakRecord record, int prompts, int kills) throws IOException, InterruptedException {
        var random = new Random(number("seed"));
        var killed = new TreeMap<String, Integer>();
        for (int i = 1; i <= kills && record.endedCount() < prompts; i++) {
            while (record.endedCount() < (long) prompts * i / (kills + 1)) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            if (cluster.frontEndCount() > 1 && random.nextInt(4) == 0) {
                cluster.replaceFrontEnd(random.nextInt(cluster.frontEndCount()));
                killed.merge("front end", 1, Integer::sum);
            } else {
                var victims = IntStream.generate(() -> random.nextInt(cluster.workerCount())).distinct()
                        .limit(cluster.workerCount() > 1 && random.nextInt(4) == 0 ? 2 : 1).boxed().toList();
                cluster.replaceWorkers(victims);
                killed.merge(victims.size() == 1 ? "worker" : "two workers at once", 1, Integer::sum);
            }
        }
        return killed;
    }

    private int scale(Path directory) throws IOException, InterruptedException {
        var counts = Stream.of(options.get("scaling").split(",")).map(this::workers).toList();
        double single = 0;
        try (var cluster = new SoakCluster(directory); var http = client()) {
            cluster.startAll(number("front-ends"), 0);
            for (int workers : counts) {
                cluster.addWorkers(workers - cluster.workerCount());
                measure(cluster, http, number("warm-up") * (workers + cluster.frontEndCount()), 0);
                var before = cluster.processorTime();
                double rate = measure(cluster, http, number("prompts"), number("milliseconds"));
                var computed = cluster.processorTime().minus(before);
                if (single == 0) {
                    single = rate / workers;
                }
                out.printf("%d workers: %.1f prompts a second, %.0f%% of %d times one worker's; %.1f ms of processor time a prompt%n", workers, rate,
                        100 * rate / single / workers, workers, computed.toNanos() / 1e6 / number("prompts"));
            }
        }
        return 0;
    }

    /** As browsers, which use HTTP/2 with TLS only. */
    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private int workers(String count) {
        try {
            return Integer.parseInt(count.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--scaling is '" + options.get("scaling") + "', expected whole numbers with commas between them");
        }
    }

    private double measure(SoakCluster cluster, HttpClient http, int prompts, int milliseconds) throws InterruptedException {
        var record = new SoakRecord();
        var clients = SoakClient.many(number("clients"), http, cluster::frontEnd, record, SCALING_IN_FLIGHT);
        for (var user : start(clients, prompts, milliseconds)) {
            user.join();
        }
        clients.forEach(SoakClient::close);
        return record.rate();
    }
}

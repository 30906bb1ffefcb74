package org.comfyee.server;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.comfyee.cluster.config.Directories;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.queue.BrokerUri;
import org.comfyee.diffusion.synthetic.SyntheticCheckpoint;
import org.comfyee.diffusion.text.T5Tokenizer;
import org.comfyee.server.admin.AdminCommand;
import org.comfyee.server.benchmark.Benchmark;
import org.comfyee.server.benchmark.ServerBenchmark;
import org.comfyee.server.soak.SoakCommand;
import org.comfyee.server.tls.TlsKey;

/**
 * Prepares a start of ComfyEE ({@link #call}), and the directory of its server ({@link #apply}), and watches over it ({@link #run}).
 */
public final class Launcher implements Callable<List<String>>, Function<Path, List<String>>, Runnable {
    private final Path home;
    private final List<String> arguments;
    /** The application server puts its own in place of these. */
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private CommandLine commandLine;
    private String url;
    private Optional<TlsKey> tlsKey = Optional.empty();
    private List<String> bootCommands = List.of();

    public Launcher(Path home, List<String> arguments) {
        this.home = home;
        this.arguments = arguments;
    }

    /** @return the command line for Payara Micro; empty if there is nothing to serve */
    @Override
    public List<String> call() throws Exception {
        try {
            if (!arguments.isEmpty() && arguments.getFirst().equals("--admin")) {
                System.exit(administer());
            }
            if (!arguments.isEmpty() && arguments.getFirst().equals("--soak")) {
                System.exit(SoakCommand.run(arguments.subList(1, arguments.size()), out));
            }
            commandLine = CommandLine.parse(arguments);
            if (commandLine.help()) {
                printHelp();
                return List.of();
            }
            commandLine.settings().forEach((setting, value) -> System.setProperty(setting.key(), value));
            Setting.check();
            Verbosity.apply();
            if (commandLine.testCheckpoint().isPresent()) {
                makeTestCheckpoint(commandLine.testCheckpoint().get());
                return List.of();
            }
            if (commandLine.benchmark()) {
                Libtorch.choose();
                Benchmark.run(Setting.CWD.path().orElse(Path.of("")).resolve("benchmark"), out);
            }
            return commandLine.broker() ? serveBroker() : prepare();
        } catch (UsageException | IllegalArgumentException e) {
            System.err.println("comfyee: " + e.getMessage());
            System.exit(2);
        } catch (IOException e) {
            // Those of files have but a name for a message.
            System.err.println("comfyee: " + (e instanceof FileSystemException ? e : e.getMessage()));
            System.exit(1);
        }
        return List.of();
    }

    private int administer() throws UsageException, InterruptedException {
        try {
            return AdminCommand.run(arguments.subList(1, arguments.size()), out);
        } catch (IOException e) {
            System.err.println("comfyee-admin: " + e.getMessage());
            return 1;
        }
    }

    private void printHelp() {
        out.println("""
                comfyee [options]            serves the ComfyUI API and runs prompts, with an embedded broker
                comfyee --workflows FILE...  runs these workflows (API format) and prints what each gave
                comfyee --benchmark          measures calls, sampling steps and prompts a second
                comfyee --soak --help        runs a whole cluster under load and kills its processes
                comfyee --make-test-checkpoint FILE   writes a small checkpoint of pseudo-random weights
                comfyee --make-startup-cache  makes this program start sooner, as the build does: anew for another JDK
                comfyee-broker [options]     serves the broker that --distributed-queue-connection-uri names
                comfyee-admin --help         looks after queue, dead letters and workers of a running cluster
                comfyee-worker [options]     runs prompts from a broker; the same as comfyee --distributed-queue-worker

                Each option is also an environment variable (COMFYUI_PORT for --port) and a MicroProfile Config key
                (comfyee.port).
                """);
        Setting.help().forEach(out::println);
    }

    private void makeTestCheckpoint(Path file) throws IOException {
        if (file.toAbsolutePath().getParent() != null) {
            Files.createDirectories(file.toAbsolutePath().getParent());
        }
        SyntheticCheckpoint.write(file, SyntheticCheckpoint.Layout.TINY_SD15);
        out.println(file.toAbsolutePath());
    }

    /** Runs nothing but the broker, until the process is stopped. */
    private List<String> serveBroker() throws UsageException, IOException {
        Setting.CONNECTION_URI.given().orElseThrow(() -> new UsageException(
                "--broker needs --distributed-queue-connection-uri=amqp://user:password@host[:port], which it then serves"));
        var uri = BrokerUri.configured();
        if (uri.user().isEmpty() || uri.password().isEmpty()) {
            throw new UsageException("--broker needs a user and a password, in --distributed-queue-connection-uri or the credentials file");
        }
        var base = Directories.base();
        EmbeddedBroker.startConfigured(base.resolve("user/broker"), uri);
        System.err.println("ComfyEE broker is ready at " + uri);
        return List.of();
    }

    private List<String> prepare() throws UsageException, IOException {
        // Standard output belongs to results. What others print there the server logs while it runs; before and after that it is noise.
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        checkFiles();
        boolean frontEnd = !Setting.WORKER.isOn();
        boolean worker = !Setting.FRONTEND.isOn();
        if (!frontEnd && !worker) {
            throw new UsageException("--distributed-queue-frontend and --distributed-queue-worker exclude each other; leave both out to be both");
        }
        boolean alone = Setting.CONNECTION_URI.given().isEmpty();
        if (alone && !(frontEnd && worker)) {
            throw new UsageException("a front end or worker alone needs --distributed-queue-connection-uri=amqp://user:password@host");
        }
        if (WorkerProcesses.areWanted()) {
            if (frontEnd) {
                throw new UsageException("--" + Setting.WORKER_PROCESSES.flag() + " is for workers alone, as started by comfyee-worker");
            }
            Libtorch.choose();
            WorkerProcesses.supervise(arguments);
            return List.of();
        }
        var base = Directories.base();
        // Wrong extra model paths are told now.
        var folders = Directories.configured();
        Files.createDirectories(base);
        provideFirstCheckpoint(base);
        if (worker) {
            Libtorch.choose();
            Libtorch.checkGpu();
            System.setProperty(T5Tokenizer.FILE_PROPERTY,
                    Setting.T5_TOKENIZER.path().orElseGet(() -> tokenizer(folders.modelPaths("text_encoders"))).toString());
        }
        var listeners = Listeners.configured();
        if (frontEnd) {
            tlsKey = TlsKey.configured();
        }
        var setting = frontEnd ? Setting.PORT : Setting.HEALTH_PORT;
        // Who asked for a port wants no other; runs that only print results and health pages take what is free.
        boolean insist = commandLine.settings().containsKey(setting) || frontEnd && commandLine.workflows().isEmpty();
        int port = Ports.choose(setting, listeners, insist);
        url = listeners.url(tlsKey.isPresent(), port);
        if (alone) {
            EmbeddedBroker.startPrivate(base.resolve("user/broker"));
        } else {
            BrokerUri.configured();
            GridOptions.check(listeners);
        }
        if (worker) {
            // What the worker calls the adapter that it takes prompts from; in an EAR it would be a part of that.
            System.setProperty("amqp.mid", "amqp");
            Termination.drainFirst();
            WorkerProcesses.endWithParent();
        }
        var options = new PayaraOptions(home, frontEnd, worker, alone, tlsKey.isPresent());
        bootCommands = options.bootCommands(listeners, port);
        return options.list(port);
    }

    /** Files that were asked for and are not there are told now. */
    private void checkFiles() throws UsageException {
        for (var workflow : commandLine.workflows()) {
            if (!Files.isReadable(workflow)) {
                throw new UsageException("the workflow " + workflow + " cannot be read");
            }
        }
        var page = Setting.FRONT_END_ROOT.path();
        if (page.isPresent() && !Files.isReadable(page.get().resolve("index.html"))) {
            throw new UsageException("--front-end-root is '" + page.get() + "', expected a directory with an index.html");
        }
    }

    /** Where the tokenizer lies, or would be expected if it did. */
    private static Path tokenizer(List<Path> directories) {
        var places = directories.stream().map(directory -> directory.resolve("t5_tokenizer.json")).toList();
        return places.stream().filter(Files::exists).findFirst().orElse(places.getFirst());
    }

    /** Whoever has no checkpoint yet gets the one that comes with ComfyEE. */
    private static void provideFirstCheckpoint(Path base) throws IOException {
        var bundled = Path.of(System.getProperty("comfyee.bundled-models", ""), "checkpoints");
        var checkpoints = base.resolve("models/checkpoints");
        if (Files.exists(checkpoints) || !Files.isDirectory(bundled)) {
            return;
        }
        Files.createDirectories(checkpoints);
        try (var files = Files.newDirectoryStream(bundled, "*.safetensors")) {
            for (var file : files) {
                // Others may start in the same directory at the same moment: none may fail, or find half a file.
                var copy = checkpoints.resolve(file.getFileName() + "." + ProcessHandle.current().pid());
                Files.copy(file, copy);
                Files.move(copy, checkpoints.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    /** Puts into the server's directory what it starts with. @return what is added to its command line for that */
    @Override
    public List<String> apply(Path directory) {
        try {
            if (tlsKey.isPresent()) {
                tlsKey.get().store(directory);
            }
            return List.of("--prebootcommandfile", Files.write(directory.resolve("boot-commands.txt"), bootCommands).toString());
        } catch (IOException | GeneralSecurityException e) {
            err.println("comfyee: the server's directory cannot be prepared: " + e.getMessage());
            System.exit(1);
            return List.of();
        }
    }

    /** Waits for the applications of the started server and says that they are there; runs the workflows that were asked for. */
    @Override
    public void run() {
        try (var client = new ServerClient(url, tlsKey.map(TlsKey::trusted))) {
            client.awaitHealth();
            if (Setting.WORKER.isOn()) {
                err.println("ComfyEE worker is ready, health at " + url + "/health");
            } else if (!Setting.DONT_PRINT_SERVER.isOn()) {
                err.println("ComfyEE is ready at " + url);
            }
            if (Setting.QUICK_TEST_FOR_CI.isOn()) {
                System.exit(0);
            }
            if (Setting.WORKER.isOn()) {
                return;
            }
            if (commandLine.benchmark()) {
                new ServerBenchmark(url, client.http()).run(out);
                out.flush();
                System.exit(0);
            }
            if (!commandLine.workflows().isEmpty()) {
                boolean good = true;
                for (var workflow : commandLine.workflows()) {
                    good &= client.runAndPrint(workflow, out);
                }
                out.flush();
                System.exit(good ? 0 : 1);
            }
            if (Setting.AUTO_LAUNCH.isOn() && !Setting.DISABLE_AUTO_LAUNCH.isOn()) {
                openPage();
            }
        } catch (IOException e) {
            err.println("comfyee: " + e.getMessage());
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void openPage() {
        try {
            new ProcessBuilder("xdg-open", url).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            err.println("comfyee: the page could not be opened in a browser: " + e.getMessage());
        }
    }
}

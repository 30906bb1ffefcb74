package org.comfyee.server;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.comfyee.server.http.Opening;

/**
 * Starts ComfyEE. The launcher and the broker live in a class loader of their own, so that their libraries and those of
 * Payara and its applications do not meet.
 */
public final class Main {
    /** Kept, for what is set at a logger that nobody knows is lost. */
    private static final Logger SERVER_LOG = Logger.getLogger("PayaraMicro");
    private static final String SERVER = "fish.payara.micro.impl.PayaraMicroImpl";

    private static volatile boolean ending;

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        // The application server puts its own in place of it.
        var err = System.err;
        var home = Path.of(System.getProperty("comfyee.home"));
        var loader = new URLClassLoader("comfyee", jars(home.resolve("lib")), Main.class.getClassLoader());
        var launcher = loader.loadClass("org.comfyee.server.Launcher").getConstructor(Path.class, List.class).newInstance(home, List.of(arguments));
        Thread.currentThread().setContextClassLoader(loader);
        @SuppressWarnings("unchecked")
        var payaraArguments = ((Callable<List<String>>) launcher).call();
        if (payaraArguments.isEmpty()) {
            return;
        }
        Thread.currentThread().setContextClassLoader(Main.class.getClassLoader());
        try {
            @SuppressWarnings("unchecked")
            var preparation = (Function<Path, List<String>>) launcher;
            startPayara(home.resolve("payara"), payaraArguments, preparation);
        } catch (InvocationTargetException e) {
            if (ending) {
                // It was told to end while it started.
                return;
            }
            e.getCause().printStackTrace(err);
            err.println("comfyee: the application server did not start");
            System.exit(1);
        }
        Opening.open();
        Thread.ofPlatform().name("launcher").start((Runnable) launcher);
    }

    /**
     * Starts the server as the launcher that it comes with does, but with a directory for this process alone.
     *
     * @param preparation is given that directory, and says what is added to the options
     */
    private static void startPayara(Path unpacked, List<String> options, Function<Path, List<String>> preparation) throws IOException, ReflectiveOperationException {
        System.setProperty("fish.payara.micro.BootJar", unpacked.resolve("launch-micro.jar").toUri().toString());
        System.setProperty("fish.payara.micro.UnpackDir", unpacked.toString());
        var arguments = new ArrayList<>(options);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            ending = true;
            awaitStop();
            ServerDirectory.removeOwn();
        }));
        var directory = ServerDirectory.make(Path.of(System.getProperty("java.io.tmpdir")), unpacked);
        arguments.addAll(preparation.apply(directory));
        arguments.addAll(List.of("--rootdir", directory.toString()));
        // At its end it says so by a handler of its own, which no configuration reaches.
        SERVER_LOG.setFilter(record -> record.getLevel().intValue() >= Level.SEVERE.intValue());
        // Not in the jar that is compiled against, which carries it packed.
        Class.forName(SERVER).getMethod("main", String[].class).invoke(null, (Object) arguments.toArray(String[]::new));
    }

    /**
     * Stops the server. It does so by itself at the end of the process, at the same time as all else that ends then; whoever
     * asks for it once more waits until it is done.
     */
    private static void awaitStop() {
        try {
            var type = Class.forName(SERVER);
            var field = type.getDeclaredField("gf");
            field.setAccessible(true);
            var server = field.get(type.getMethod("getInstance").invoke(null));
            if (server != null) {
                server.getClass().getMethod("stop").invoke(server);
            }
        } catch (ReflectiveOperationException e) {
            // It has been stopped already, or was never started.
        }
    }

    private static URL[] jars(Path directory) throws IOException {
        var urls = new ArrayList<URL>();
        try (var files = Files.newDirectoryStream(directory, "*.jar")) {
            for (var file : files) {
                urls.add(file.toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }
}

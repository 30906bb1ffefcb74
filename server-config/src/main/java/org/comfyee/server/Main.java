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

/**
 * Starts ComfyEE. The launcher and the broker live in a class loader of their own, so that their libraries and those of
 * Payara and its applications do not meet.
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        // The application server puts its own in place of it.
        var err = System.err;
        var home = Path.of(System.getProperty("comfyee.home"));
        var loader = new URLClassLoader("comfyee", jars(home.resolve("lib")), ClassLoader.getPlatformClassLoader());
        var launcher = loader.loadClass("org.comfyee.server.Launcher").getConstructor(Path.class, List.class).newInstance(home, List.of(arguments));
        Thread.currentThread().setContextClassLoader(loader);
        @SuppressWarnings("unchecked")
        var payaraArguments = ((Callable<List<String>>) launcher).call();
        if (payaraArguments.isEmpty()) {
            return;
        }
        Thread.currentThread().setContextClassLoader(Main.class.getClassLoader());
        try {
            startPayara(home.resolve("payara"), payaraArguments);
        } catch (InvocationTargetException e) {
            e.getCause().printStackTrace(err);
            err.println("comfyee: the application server did not start");
            System.exit(1);
        }
        Thread.ofPlatform().name("launcher").start((Runnable) launcher);
    }

    /** Starts the server as the launcher that it comes with does, but with a directory for this process alone. */
    private static void startPayara(Path unpacked, List<String> options) throws IOException, ReflectiveOperationException {
        System.setProperty("fish.payara.micro.BootJar", unpacked.resolve("launch-micro.jar").toUri().toString());
        System.setProperty("fish.payara.micro.UnpackDir", unpacked.toString());
        var arguments = new ArrayList<>(options);
        arguments.addAll(List.of("--rootdir", ServerDirectory.make(Path.of(System.getProperty("java.io.tmpdir")), unpacked).toString()));
        // Not in the jar that is compiled against, which carries it packed.
        Class.forName("fish.payara.micro.impl.PayaraMicroImpl").getMethod("main", String[].class)
                .invoke(null, (Object) arguments.toArray(String[]::new));
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

package org.comfyee.server;

import java.io.IOException;
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
        // Payara's start may fail in a thread of its own, so the launcher watches from outside.
        Thread.ofPlatform().name("launcher").start((Runnable) launcher);
        GuardedPayara.start(home.resolve("request-guard.jar"), payaraArguments.toArray(String[]::new));
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

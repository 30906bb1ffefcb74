package org.comfyee.server;

import fish.payara.micro.boot.PayaraMicroLauncher;
import fish.payara.micro.boot.loader.OpenURLClassLoader;
import java.nio.file.Path;

/**
 * Payara Micro with one jar more among its own. What {@code --addlibs} adds comes too late to take part in the building of
 * the server.
 */
final class GuardedPayara extends PayaraMicroLauncher {
    private static final String SERVER = "fish.payara.micro.impl.PayaraMicroImpl";
    /** By which the server finds its archive. */
    private static final String ARCHIVE_PROPERTY = "fish.payara.micro.BootJar";

    private final Path addition;

    private GuardedPayara(Path addition) {
        this.addition = addition;
    }

    /** Starts the server and returns when it runs. */
    static void start(Path addition, String[] arguments) throws Exception {
        System.setProperty(ARCHIVE_PROPERTY, PayaraMicroLauncher.class.getProtectionDomain().getCodeSource().getLocation().toURI().toString());
        new GuardedPayara(addition).launch("main", arguments);
    }

    @Override
    protected String getMainClass() {
        return SERVER;
    }

    @Override
    protected Object launch(String method, String[] arguments, String mainClass, ClassLoader server) throws Exception {
        ((OpenURLClassLoader) server).addURL(addition.toUri().toURL());
        return super.launch(method, arguments, mainClass, server);
    }
}

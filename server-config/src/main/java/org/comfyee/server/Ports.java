package org.comfyee.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.comfyee.cluster.config.Setting;

/** Finds the port on which this process serves HTTP. */
final class Ports {
    private static final int LAST_PORT = 65535;

    private Ports() {}

    /**
     * The port of a setting, or the next one that is free.
     *
     * @param listeners all of which must have it free
     * @param insist whether it must be the very one
     * @throws UsageException if it is taken
     */
    static int choose(Setting setting, Listeners listeners, boolean insist) throws UsageException {
        int wanted = setting.number();
        for (int port = wanted; port <= LAST_PORT; port++) {
            int candidate = port;
            var taken = listeners.addresses().stream().filter(address -> !isFree(address, candidate)).findFirst();
            if (taken.isEmpty() && (insist || reserve(port))) {
                return port;
            }
            if (insist) {
                throw new UsageException("port " + port + " on " + taken.orElseThrow().getHostAddress() + " is taken; choose another with --" + setting.flag());
            }
        }
        throw new UsageException("no port from " + wanted + " on is free");
    }

    /** Keeps other processes of this kind, which may start at the same moment, from taking the same free port. */
    private static boolean reserve(int port) {
        var file = Path.of(System.getProperty("java.io.tmpdir"), "comfyee-port-" + port + ".lock");
        try {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                return false;
            }
            // Stays open, and so locked, as long as the process lives.
            file.toFile().deleteOnExit();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static boolean isFree(InetAddress address, int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}

package org.comfyee.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.comfyee.cluster.config.Credentials;
import org.comfyee.cluster.config.Setting;
import org.comfyee.cluster.grid.Seal;

/** How this process joins the data grid of its cluster. */
final class GridOptions {
    private static final int PORTS = 8;
    /** Answers are few and small, so that who reads them may as well hand them on; nobody reads what members measure of themselves. */
    private static final Map<String, String> THRIFT = Map.of(
            "hazelcast.operation.response.thread.count", "0",
            "hazelcast.metrics.enabled", "false",
            "hazelcast.health.monitoring.level", "OFF");
    /** A member that is not heard of so long is gone; parts that were cut apart look so often for each other. */
    private static final Map<String, String> PATIENCE = Map.of(
            "hazelcast.heartbeat.interval.seconds", "3",
            "hazelcast.max.no.heartbeat.seconds", "20",
            "hazelcast.merge.first.run.delay.seconds", "10",
            "hazelcast.merge.next.run.delay.seconds", "10");

    private GridOptions() {}

    /**
     * Refuses to open the data grid to other machines for everybody.
     *
     * @param listening where this process serves HTTP
     */
    static void check(Listeners listening) throws UsageException {
        var address = ownAddress();
        boolean open = !address.isLoopbackAddress() || listening.areOpen();
        boolean named = Setting.CLUSTER_NAME.isSet() && !Credentials.configured().clusterKey().isEmpty();
        if (open && !named) {
            throw new UsageException("--" + (address.isLoopbackAddress() ? Setting.LISTEN : Setting.CLUSTER_INTERFACE).flag()
                    + " opens this member of a cluster to other machines, so members must share a name and a key: give --cluster-name NAME,"
                    + " and COMFYUI_CLUSTER_KEY=KEY in the environment or a line cluster-key=KEY in --distributed-queue-credentials-file FILE");
        }
    }

    private static InetAddress ownAddress() throws UsageException {
        var name = Setting.CLUSTER_INTERFACE.value();
        try {
            var address = InetAddress.getByName(name);
            // Only one's own can be listened on.
            new ServerSocket(0, 1, address).close();
            if (!address.isAnyLocalAddress()) {
                return address;
            }
        } catch (IOException e) {
            throw new UsageException("--cluster-interface is '" + name + "', which is no address of this machine: " + e.getMessage());
        }
        throw new UsageException("--cluster-interface is '" + name + "', expected one address of this machine");
    }

    /** For Payara Micro's command line. */
    static List<String> arguments() {
        Stream.of(PATIENCE, THRIFT).flatMap(each -> each.entrySet().stream())
                .filter(each -> System.getProperty(each.getKey()) == null)
                .forEach(each -> System.setProperty(each.getKey(), each.getValue()));
        var address = Setting.CLUSTER_INTERFACE.value();
        System.setProperty("hazelcast.local.localAddress", address);
        var key = Credentials.configured().clusterKey();
        // Hazelcast lets in whoever knows the name.
        var name = key.isEmpty() ? Setting.CLUSTER_NAME.value() : new Seal(key).secretName(Setting.CLUSTER_NAME.value());
        return List.of("--clustername", name, "--clustermode", "tcpip:" + Setting.CLUSTER_MEMBERS.given().orElseGet(() -> ports(address)),
                "--interfaces", address, "--startport", Setting.CLUSTER_PORT.value());
    }

    private static String ports(String address) {
        var members = new ArrayList<String>();
        for (int i = 0; i < PORTS; i++) {
            members.add(address + ":" + (Setting.CLUSTER_PORT.number() + i));
        }
        return String.join(",", members);
    }
}

package org.comfyee.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import org.comfyee.cluster.config.Setting;

/**
 * The addresses on which this process serves HTTP.
 *
 * @param addresses at least one, none of which includes another
 */
record Listeners(List<InetAddress> addresses) {

    /** @throws UsageException if the setting names none, or one that is none */
    static Listeners configured() throws UsageException {
        var addresses = new LinkedHashSet<InetAddress>();
        for (var name : Setting.LISTEN.list()) {
            try {
                addresses.add(InetAddress.getByName(name));
            } catch (UnknownHostException e) {
                throw new UsageException("--" + Setting.LISTEN.flag() + " is '" + Setting.LISTEN.value() + "', where '" + name + "' is no address");
            }
        }
        if (addresses.isEmpty()) {
            throw new UsageException("--" + Setting.LISTEN.flag() + " is '" + Setting.LISTEN.value() + "', expected addresses with commas between");
        }
        // Java serves all of both kinds, IPv4 and IPv6, where either is asked for.
        var all = addresses.stream().filter(InetAddress::isAnyLocalAddress).findFirst();
        return new Listeners(all.map(List::of).orElseGet(() -> List.copyOf(addresses)));
    }

    InetAddress first() {
        return addresses.getFirst();
    }

    /** Whether other machines may reach this one. */
    boolean areOpen() {
        return !addresses.stream().allMatch(InetAddress::isLoopbackAddress);
    }

    /** Where this machine reaches a port of the first one. */
    String url(boolean tls, int port) {
        var host = first().isAnyLocalAddress() ? "127.0.0.1" : first().getHostAddress();
        return (tls ? "https://" : "http://") + (first() instanceof Inet6Address && !first().isAnyLocalAddress() ? "[" + host + "]" : host) + ":" + port;
    }
}

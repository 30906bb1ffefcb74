package org.comfyee.web;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * Keeps out what a foreign page makes a browser send to a server on loopback, which no firewall shields from it. Servers
 * that other machines can reach are protected by other means, and may be reached by names that they do not know.
 */
final class OriginRule {
    private OriginRule() {}

    /**
     * @param host header {@code Host}, or null
     * @param origin header {@code Origin}, or null
     * @param site header {@code Sec-Fetch-Site}, or null
     */
    static boolean isForeign(String host, String origin, String site) {
        if (host == null || origin == null) {
            return false;
        }
        try {
            var own = URI.create("http://" + host.toLowerCase(Locale.ROOT));
            if (own.getHost() == null || !isLoopback(own.getHost())) {
                return false;
            }
            if (origin.equals("null")) {
                // A page without an origin, such as one in a sandbox, or a file: only the browser knows where it is from.
                return "cross-site".equals(site);
            }
            var other = URI.create(origin.toLowerCase(Locale.ROOT));
            if (other.getHost() == null) {
                return other.getRawAuthority() != null;
            }
            boolean portsCount = own.getPort() >= 0 && other.getPort() >= 0;
            return !own.getHost().equals(other.getHost()) || portsCount && own.getPort() != other.getPort();
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private static boolean isLoopback(String host) {
        try {
            for (var address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}

package org.comfyee.cluster.queue;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Where a broker is and who asks it: {@code amqp://user:password@host:port}.
 *
 * @param address without user and password, with a port
 */
public record BrokerUri(String address, String user, String password) {
    private static final int PLAIN_PORT = 5672;
    private static final int TLS_PORT = 5671;

    /** @throws IllegalArgumentException that says what is expected; it does not repeat the password */
    public static BrokerUri parse(String text) {
        try {
            var uri = new URI(text);
            boolean tls = "amqps".equals(uri.getScheme());
            if (uri.getHost() == null || !tls && !"amqp".equals(uri.getScheme())) {
                throw new IllegalArgumentException("the broker's URI has the scheme '" + uri.getScheme() + "' and the host '" + uri.getHost()
                        + "', expected amqp[s]://user:password@host[:port]");
            }
            int port = uri.getPort() > 0 ? uri.getPort() : tls ? TLS_PORT : PLAIN_PORT;
            var login = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
            int colon = login.indexOf(':');
            return new BrokerUri(uri.getScheme() + "://" + uri.getHost() + ":" + port, decode(colon < 0 ? login : login.substring(0, colon)),
                    decode(colon < 0 ? "" : login.substring(colon + 1)));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the broker's URI is malformed at character " + e.getIndex()
                    + ", expected amqp[s]://user:password@host[:port]");
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return address;
    }
}

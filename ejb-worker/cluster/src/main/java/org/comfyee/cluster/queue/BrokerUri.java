package org.comfyee.cluster.queue;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.comfyee.cluster.config.Credentials;
import org.comfyee.cluster.config.Setting;

/**
 * Where a broker is and who asks it: {@code amqp://user:password@host:port/virtual-host}.
 *
 * @param address without user and password, with a port
 * @param virtualHost a part of a RabbitMQ; empty for the usual one
 */
public record BrokerUri(String address, String user, String password, String virtualHost) {
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
            var path = uri.getRawPath() == null ? "" : uri.getRawPath();
            return new BrokerUri(uri.getScheme() + "://" + uri.getHost() + ":" + port, decode(colon < 0 ? login : login.substring(0, colon)),
                    decode(colon < 0 ? "" : login.substring(colon + 1)), decode(path.startsWith("/") ? path.substring(1) : path));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the broker's URI is malformed at character " + e.getIndex()
                    + ", expected amqp[s]://user:password@host[:port]");
        }
    }

    /** The broker that the settings name, with the login of the URI or else of the credentials file. */
    public static BrokerUri configured() {
        return parse(Setting.CONNECTION_URI.value()).withConfiguredLogin();
    }

    /** This broker with the login of the credentials file, unless the URI says who asks. */
    public BrokerUri withConfiguredLogin() {
        if (!user.isEmpty()) {
            return this;
        }
        var credentials = Credentials.configured();
        return new BrokerUri(address, credentials.user(), credentials.password(), virtualHost);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Whether the connection is encrypted. */
    public boolean isTls() {
        return address.startsWith("amqps:");
    }

    public String host() {
        return URI.create(address).getHost();
    }

    public int port() {
        return URI.create(address).getPort();
    }

    /** Without the password. */
    @Override
    public String toString() {
        return address + (virtualHost.isEmpty() ? "" : "/" + virtualHost);
    }
}

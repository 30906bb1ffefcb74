package org.comfyee.cluster.queue;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.comfyee.cluster.config.Credentials;
import org.comfyee.cluster.config.Setting;

/** Whom encrypted connections to the broker trust, and what this side shows of itself if the broker asks. */
final class BrokerTls {
    private static final byte[] PEM = "-----BEGIN".getBytes(StandardCharsets.US_ASCII);

    private BrokerTls() {}

    /** By the settings; without a trust store the certificate authorities that Java knows are trusted. */
    static SSLContext context() {
        try {
            var credentials = Credentials.configured();
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(Setting.BROKER_TRUST_STORE.path().isPresent() ? trustStore(Setting.BROKER_TRUST_STORE.path().get(), credentials) : null);
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            var own = Setting.BROKER_KEY_STORE.path();
            var password = credentials.keyStorePassword().toCharArray();
            keys.init(own.isPresent() ? store(own.get(), password, Setting.BROKER_KEY_STORE) : null, password);
            var context = SSLContext.getInstance("TLS");
            context.init(own.isPresent() ? keys.getKeyManagers() : null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("TLS to the broker cannot be set up: " + e.getMessage(), e);
        }
    }

    private static KeyStore trustStore(Path file, Credentials credentials) throws GeneralSecurityException {
        try (var input = Files.newInputStream(file)) {
            if (!Arrays.equals(input.readNBytes(PEM.length), PEM)) {
                return store(file, credentials.trustStorePassword().toCharArray(), Setting.BROKER_TRUST_STORE);
            }
        } catch (IOException e) {
            throw unreadable(file, Setting.BROKER_TRUST_STORE, e);
        }
        try (var input = Files.newInputStream(file)) {
            return certificates(input);
        } catch (IOException e) {
            throw unreadable(file, Setting.BROKER_TRUST_STORE, e);
        }
    }

    private static KeyStore certificates(InputStream pem) throws GeneralSecurityException, IOException {
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        int count = 0;
        for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
            trusted.setCertificateEntry("trusted-" + count, certificate);
            count++;
        }
        return trusted;
    }

    private static KeyStore store(Path file, char[] password, Setting setting) throws GeneralSecurityException {
        try {
            return KeyStore.getInstance(file.toFile(), password);
        } catch (IOException e) {
            throw unreadable(file, setting, e);
        }
    }

    private static IllegalArgumentException unreadable(Path file, Setting setting, IOException reason) {
        return new IllegalArgumentException("--" + setting.flag() + " is '" + file + "', which cannot be read (" + reason.getMessage()
                + "); expected PKCS12 or JKS with its password in the credentials file"
                + (setting == Setting.BROKER_TRUST_STORE ? ", or certificates as PEM" : ""), reason);
    }

    /** Encrypts a connection and checks that the broker has a certificate for its host. */
    static SSLSocket wrap(Socket plain, BrokerUri broker) throws IOException {
        var socket = (SSLSocket) context().getSocketFactory().createSocket(plain, broker.host(), broker.port(), true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    static Optional<SSLContext> contextOf(BrokerUri broker) {
        return broker.isTls() ? Optional.of(context()) : Optional.empty();
    }
}

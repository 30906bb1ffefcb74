package org.comfyee.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for 127.0.0.1 and 127.0.0.2 that only those trust who are told to.
 *
 * @param keyStore PKCS12, with the key
 * @param trusted the certificate as PEM
 */
record TestCertificate(Path keyStore, Path trusted, String password) {
    private static final String ALIAS = "broker";
    private static final int LINE = 64;

    static TestCertificate make(Path directory, String password) throws IOException, InterruptedException {
        var made = new TestCertificate(directory.resolve("keys.p12"), directory.resolve("trusted.pem"), password);
        keytool("-genkeypair", "-alias", ALIAS, "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1,ip:127.0.0.2", "-keystore",
                made.keyStore.toString(), "-storetype", "PKCS12", "-storepass", password);
        keytool("-exportcert", "-rfc", "-alias", ALIAS, "-keystore", made.keyStore.toString(), "-storepass", password, "-file", made.trusted.toString());
        return made;
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/keytool").toString()));
        command.addAll(List.of(arguments));
        assertEquals(0, new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor());
    }

    /** Trusts this certificate. */
    SSLContext context() throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var pem = Files.newInputStream(trusted)) {
            store.setCertificateEntry(ALIAS, CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** Writes the key as PEM, for those who read nothing else. */
    void writeKey(Path file) throws IOException, GeneralSecurityException {
        var key = KeyStore.getInstance(keyStore.toFile(), password.toCharArray()).getKey(ALIAS, password.toCharArray());
        Files.writeString(file, "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n");
    }
}

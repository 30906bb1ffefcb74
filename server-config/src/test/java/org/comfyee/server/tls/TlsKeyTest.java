package org.comfyee.server.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.comfyee.cluster.config.Setting;
import org.comfyee.server.UsageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsKeyTest {
    private static final String PASSWORD = "secret of a store";

    @TempDir
    private static Path directory;

    @BeforeAll
    static void makeKeys() throws Exception {
        make("EC", "CN=localhost");
        make("RSA", "CN=elsewhere.example");
        make("Ed25519", "CN=localhost");
        make("EC", "another", "CN=localhost");
        var ec = Files.readString(directory.resolve("EC.key"));
        Files.writeString(directory.resolve("old.key"), ec.replace("PRIVATE KEY", "RSA PRIVATE KEY"));
        Files.writeString(directory.resolve("locked.key"), ec.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
        Files.writeString(directory.resolve("damaged.key"), ec.replaceAll("(?m)^[A-Za-z0-9+/=]{8}", ""));
        Files.writeString(directory.resolve("damaged.pem"), Files.readString(directory.resolve("EC.pem")).replaceAll("(?m)^[A-Za-z0-9+/=]{8}", ""));
        Files.writeString(directory.resolve("empty"), "");
        // The certificate and others in one file, with words between, and the key there too.
        Files.writeString(directory.resolve("all"), "subject: me\n" + Files.readString(directory.resolve("EC.pem")) + ec + "others:\n"
                + Files.readString(directory.resolve("RSA.pem")) + Files.readString(directory.resolve("EC.pem")));
    }

    private static void make(String kind, String name) throws Exception {
        make(kind, kind, name);
    }

    private static void make(String kind, String file, String name) throws Exception {
        var store = directory.resolve(file + ".p12");
        keytool("-genkeypair", "-alias", "own", "-keyalg", kind, "-dname", name, "-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD);
        keytool("-exportcert", "-rfc", "-alias", "own", "-keystore", store.toString(), "-storepass", PASSWORD, "-file", directory.resolve(file + ".pem").toString());
        var key = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray()).getKey("own", PASSWORD.toCharArray());
        Files.writeString(directory.resolve(file + ".key"), "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded()) + "\n-----END PRIVATE KEY-----\n");
    }

    private static void keytool(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/keytool").toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assertEquals(0, process.waitFor());
    }

    private static void set(Setting setting, String file) {
        System.setProperty(setting.key(), directory.resolve(file).toString());
    }

    @AfterEach
    void forget() {
        for (var name : List.of(Setting.TLS_KEYFILE.key(), Setting.TLS_CERTFILE.key(), "javax.net.ssl.keyStorePassword")) {
            System.clearProperty(name);
        }
    }

    @Test
    void withoutFilesThereIsNoTls() throws UsageException {
        assertTrue(TlsKey.configured().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void keysOfEachKindAreStoredForTheServerAlone(String kind) throws Exception {
        set(Setting.TLS_KEYFILE, kind + ".key");
        set(Setting.TLS_CERTFILE, kind + ".pem");
        var server = Files.createDirectories(directory.resolve("server-" + kind));
        Files.writeString(Files.createDirectory(server.resolve("config")).resolve("keystore.p12"), "the one that comes with the server");
        TlsKey.configured().orElseThrow().store(server);
        var store = server.resolve("config/keystore.p12");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(store)));
        var password = System.getProperty("javax.net.ssl.keyStorePassword").toCharArray();
        var keys = KeyStore.getInstance(store.toFile(), password);
        assertEquals(List.of("s1as"), Collections.list(keys.aliases()));
        assertEquals(KeyStore.getInstance(directory.resolve(kind + ".p12").toFile(), PASSWORD.toCharArray()).getKey("own", PASSWORD.toCharArray()),
                keys.getKey("s1as", password));
    }

    @Test
    void theFirstCertificateCountsAndThoseThatVouchForIt() throws UsageException {
        set(Setting.TLS_KEYFILE, "all");
        set(Setting.TLS_CERTFILE, "all");
        assertEquals(List.of("CN=localhost"),
                TlsKey.configured().orElseThrow().chain().stream().map(each -> each.getSubjectX500Principal().getName()).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "EC.key | none.pem | --tls-certfile | which cannot be read: NoSuchFileException",
        "EC.key | empty | --tls-certfile | which holds no certificate in PEM form, expected '-----BEGIN CERTIFICATE-----'",
        "EC.key | damaged.pem | --tls-certfile | whose certificate is damaged:",
        "none.key | EC.pem | --tls-keyfile | which cannot be read: NoSuchFileException",
        "empty | EC.pem | --tls-keyfile | which holds no key in PEM form, expected PKCS#8 without a password",
        "old.key | EC.pem | --tls-keyfile | which holds a key of the form 'RSA PRIVATE KEY', expected PKCS#8 without a password",
        "locked.key | EC.pem | --tls-keyfile | which holds a key of the form 'ENCRYPTED PRIVATE KEY', expected PKCS#8 without a password",
        "damaged.key | EC.pem | --tls-keyfile | which is not the key (EC) of the first certificate in --tls-certfile",
        "RSA.key | EC.pem | --tls-keyfile | which is not the key (EC) of the first certificate in --tls-certfile",
        "another.key | EC.pem | --tls-keyfile | which is not the key (EC) of the first certificate in --tls-certfile"})
    void filesOfNoUseAreTold(String key, String certificate, String flag, String reason) throws UsageException {
        set(Setting.TLS_KEYFILE, key);
        set(Setting.TLS_CERTFILE, certificate);
        var refusal = assertThrows(UsageException.class, TlsKey::configured).getMessage();
        var file = directory.resolve(flag.equals("--tls-keyfile") ? key : certificate);
        assertTrue(refusal.startsWith(flag + " is '" + file + "', " + reason), refusal);
    }

    @Test
    void oneFileWithoutTheOtherIsTold() {
        set(Setting.TLS_KEYFILE, "EC.key");
        assertEquals("--tls-keyfile and --tls-certfile need each other; give both for TLS, or neither",
                assertThrows(UsageException.class, TlsKey::configured).getMessage());
    }
}

package org.comfyee.server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.comfyee.cluster.config.Setting;
import org.comfyee.server.UsageException;

/**
 * The key and the certificates by which a front end speaks TLS, read from PEM files.
 *
 * @param chain the certificate of the key, and those that vouch for it
 */
public record TlsKey(PrivateKey key, List<X509Certificate> chain) {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    /** PKCS#8, which says itself of what kind the key is. */
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    /** By which the server looks for its key. */
    private static final String ALIAS = "s1as";
    private static final int PASSWORD_BYTES = 32;

    /**
     * What the settings name.
     *
     * @return empty if they name neither key nor certificate
     * @throws UsageException if they name only one, or what they name is of no use
     */
    public static Optional<TlsKey> configured() throws UsageException {
        var keyFile = Setting.TLS_KEYFILE.path();
        var certificateFile = Setting.TLS_CERTFILE.path();
        if (keyFile.isEmpty() && certificateFile.isEmpty()) {
            return Optional.empty();
        }
        if (keyFile.isEmpty() || certificateFile.isEmpty()) {
            throw new UsageException("--" + Setting.TLS_KEYFILE.flag() + " and --" + Setting.TLS_CERTFILE.flag() + " need each other; give both for TLS, or neither");
        }
        var chain = chain(certificateFile.get());
        return Optional.of(new TlsKey(key(keyFile.get(), chain.getFirst()), chain));
    }

    private static UsageException refused(Setting setting, Path file, String reason) {
        return new UsageException("--" + setting.flag() + " is '" + file + "', " + reason);
    }

    private static String read(Setting setting, Path file) throws UsageException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw refused(setting, file, "which cannot be read: " + e.getClass().getSimpleName());
        }
    }

    /** The contents of a file's blocks of a kind. */
    private static List<byte[]> blocks(Setting setting, Path file, String pem, String kind) throws UsageException {
        try {
            return BLOCK.matcher(pem).results().filter(block -> block.group(1).equals(kind)).map(block -> Base64.getMimeDecoder().decode(block.group(2))).toList();
        } catch (IllegalArgumentException e) {
            throw refused(setting, file, "whose " + kind + " is damaged: " + e.getMessage());
        }
    }

    /**
     * The certificates of a file in PEM form: a server's first, and then those that vouch for it.
     *
     * @throws UsageException if they cannot be read
     */
    public static List<X509Certificate> chain(Path file) throws UsageException {
        var rest = new ArrayList<X509Certificate>();
        for (var block : blocks(Setting.TLS_CERTFILE, file, read(Setting.TLS_CERTFILE, file), CERTIFICATE)) {
            try {
                rest.add((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(block)));
            } catch (CertificateException e) {
                throw refused(Setting.TLS_CERTFILE, file, "whose certificate is damaged: " + e.getMessage());
            }
        }
        if (rest.isEmpty()) {
            throw refused(Setting.TLS_CERTFILE, file, "which holds no certificate in PEM form, expected '-----BEGIN CERTIFICATE-----'");
        }
        // The first is the server's; files may hold others in any order, or twice.
        var chain = new ArrayList<>(List.of(rest.removeFirst()));
        for (var next = issuer(chain, rest); next.isPresent(); next = issuer(chain, rest)) {
            chain.add(next.get());
        }
        return List.copyOf(chain);
    }

    private static Optional<X509Certificate> issuer(List<X509Certificate> chain, List<X509Certificate> candidates) {
        var name = chain.getLast().getIssuerX500Principal();
        return candidates.stream().filter(each -> each.getSubjectX500Principal().equals(name) && !chain.contains(each)).findFirst();
    }

    private static PrivateKey key(Path file, X509Certificate certificate) throws UsageException {
        var pem = read(Setting.TLS_KEYFILE, file);
        var blocks = blocks(Setting.TLS_KEYFILE, file, pem, PRIVATE_KEY);
        if (blocks.isEmpty()) {
            var other = BLOCK.matcher(pem).results().map(block -> block.group(1)).filter(kind -> kind.endsWith(PRIVATE_KEY)).findFirst();
            throw refused(Setting.TLS_KEYFILE, file, other.map(kind -> "which holds a key of the form '" + kind + "'").orElse("which holds no key in PEM form")
                    + ", expected PKCS#8 without a password ('-----BEGIN PRIVATE KEY-----'), as openssl pkcs8 -topk8 -nocrypt makes it");
        }
        var kind = certificate.getPublicKey().getAlgorithm();
        try {
            var key = KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(blocks.getFirst()));
            if (isOf(key, certificate)) {
                return key;
            }
        } catch (InvalidKeySpecException e) {
            // Damaged, or of another kind than the certificate's.
        } catch (GeneralSecurityException e) {
            throw refused(Setting.TLS_KEYFILE, file, "whose key cannot be used: " + e.getMessage());
        }
        throw refused(Setting.TLS_KEYFILE, file, "which is not the key (" + kind + ") of the first certificate in --" + Setting.TLS_CERTFILE.flag());
    }

    private static boolean isOf(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        var message = "a message".getBytes(StandardCharsets.US_ASCII);
        var signature = Signature.getInstance(switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        });
        signature.initSign(key);
        signature.update(message);
        var signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(message);
        return signature.verify(signed);
    }

    /**
     * Puts the key where the server looks for it, by a password that only this process knows.
     *
     * @param directory of the server
     */
    public void store(Path directory) throws IOException, GeneralSecurityException {
        var random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        var password = HexFormat.of().formatHex(random);
        var keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(ALIAS, key, password.toCharArray(), chain.toArray(X509Certificate[]::new));
        var file = directory.resolve("config/keystore.p12");
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (var out = Files.newOutputStream(file)) {
            keys.store(out, password.toCharArray());
        }
        System.setProperty("javax.net.ssl.keyStorePassword", password);
    }

    /** For this process as a client of its own server, by whatever name the certificate calls that: it trusts this certificate and no other. */
    public SSLContext trusted() {
        return OnlyCertificate.trusted(chain.getFirst());
    }
}

package org.comfyee.cluster.grid;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Encrypts and authenticates with a key that the members of a cluster share: AES-256 in Galois/Counter Mode. */
public final class Seal {
    private static final int LEAST_LENGTH = 16;
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final int NAME_BYTES = 16;

    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec key;
    private final String clusterKey;

    /** @throws IllegalArgumentException if the key is too short to be kept secret */
    public Seal(String clusterKey) {
        if (clusterKey.length() < LEAST_LENGTH) {
            throw new IllegalArgumentException("the cluster key has " + clusterKey.length() + " characters, expected at least " + LEAST_LENGTH
                    + ", best random ones (openssl rand -hex 16)");
        }
        this.clusterKey = clusterKey;
        key = new SecretKeySpec(derive("values"), "AES");
    }

    private byte[] derive(String purpose) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(clusterKey.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(("comfyee " + purpose).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A name that only who has the key can know. */
    public String secretName(String name) {
        return name + "-" + HexFormat.of().formatHex(Arrays.copyOf(derive("name " + name), NAME_BYTES));
    }

    /** What tells clusters of the same name apart, and may be known. */
    public String mark(String name) {
        return name + "-" + HexFormat.of().formatHex(Arrays.copyOf(derive("mark " + name), NAME_BYTES));
    }

    /** @param context must be the same at opening */
    byte[] close(String context, byte[] plain) {
        var nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            var cipher = cipher(Cipher.ENCRYPT_MODE, nonce, context);
            var sealed = ByteBuffer.allocate(NONCE + cipher.getOutputSize(plain.length)).put(nonce);
            cipher.doFinal(ByteBuffer.wrap(plain), sealed);
            return sealed.array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @return empty if it was not made with this key for this context */
    Optional<byte[]> open(String context, byte[] sealed) {
        if (sealed.length < NONCE) {
            return Optional.empty();
        }
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE), context).doFinal(sealed, NONCE, sealed.length - NONCE));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String context) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}

package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Seal;
import org.holdfast.domain.shared.Secret;

/**
 * Seals with AES-256-GCM (NIST SP 800-38D), 96-bit random nonce, key in {@code keys/seal.key}.
 *
 * <p>A sealed text is {@code v1.<key id>.<base64url of nonce, ciphertext, tag>}; version and key id
 * are authenticated with it. The key file has one key a line, {@code <id> <base64>}: the first
 * seals, the others only unseal, so a new key is put in front of the old ones.
 */
@ApplicationScoped
public class Sealer implements Seal {
    private static final String VERSION = "v1";
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, SecretKeySpec> keys = new LinkedHashMap<>();
    private String current;
    private boolean madeNow;

    protected Sealer() {}

    @Inject
    public Sealer(KeyDirectory directory) {
        KeyDirectory.Kept kept = directory.keep("seal.key", this::newKey);
        madeNow = kept.made();
        kept.text()
                .lines()
                .filter(line -> !line.isBlank())
                .forEach(
                        line -> {
                            String[] words = line.strip().split(" ");
                            byte[] key =
                                    words.length == 2
                                            ? Base64.getDecoder().decode(words[1])
                                            : new byte[0];
                            if (key.length != 32) {
                                throw new IllegalStateException(
                                        "The key file "
                                                + directory.directory().resolve("seal.key")
                                                + " holds a line that is no key. Put the file back"
                                                + " from its copy.");
                            }
                            keys.put(words[0], new SecretKeySpec(key, "AES"));
                        });
        current = keys.keySet().iterator().next();
    }

    private String newKey() {
        byte[] id = new byte[4];
        byte[] key = new byte[32];
        random.nextBytes(id);
        random.nextBytes(key);
        return HexFormat.of().formatHex(id) + " " + Base64.getEncoder().encodeToString(key) + "\n";
    }

    /** Whether the key was made by this start. */
    public boolean madeNow() {
        return madeNow;
    }

    /** Id of the key that seals now. */
    public String keyId() {
        return current;
    }

    @Override
    public String seal(Secret secret) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        String head = VERSION + "." + current;
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, current, nonce, head);
            byte[] sealed = cipher.doFinal(secret.reveal().getBytes(StandardCharsets.UTF_8));
            byte[] body = new byte[NONCE + sealed.length];
            System.arraycopy(nonce, 0, body, 0, NONCE);
            System.arraycopy(sealed, 0, body, NONCE, sealed.length);
            return head + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM could not seal.", e);
        }
    }

    /**
     * @throws Refused SEAL-KEY where the key is not in the key file, SEAL-BROKEN where the text was
     *     changed
     */
    @Override
    public Secret unseal(String sealed) {
        String[] parts = sealed.split("\\.", 3);
        if (parts.length != 3 || !parts[0].equals(VERSION)) {
            throw broken();
        }
        if (!keys.containsKey(parts[1])) {
            throw new Refused(
                    "SEAL-KEY",
                    "A secret of the catalog was sealed with key "
                            + parts[1]
                            + ", which this server has not.",
                    "Put keys/seal.key of the server that sealed it into this server's data"
                            + " directory, or enter the secret again.");
        }
        try {
            byte[] body = Base64.getUrlDecoder().decode(parts[2]);
            if (body.length < NONCE + TAG_BITS / 8) {
                throw broken();
            }
            byte[] nonce = java.util.Arrays.copyOf(body, NONCE);
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, parts[1], nonce, parts[0] + "." + parts[1]);
            byte[] plain = cipher.doFinal(body, NONCE, body.length - NONCE);
            return Secret.of(new String(plain, StandardCharsets.UTF_8));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw broken();
        }
    }

    private Cipher cipher(int mode, String key, byte[] nonce, String head)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, keys.get(key), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(head.getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }

    private static Refused broken() {
        return new Refused(
                "SEAL-BROKEN",
                "A sealed secret of the catalog was changed or cut off.",
                "Enter the secret again, and find out who wrote to the catalog.");
    }
}

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
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Seal;
import org.holdfast.domain.shared.Secret;

/**
 * Seals with AES-256-GCM (NIST SP 800-38D), 96-bit random nonce, key in {@code keys/seal.key} or in
 * {@code HOLDFAST_SEAL_KEY}, never in the catalog.
 *
 * <p>A sealed text is {@code v1.<key id>.<base64url of nonce, ciphertext, tag>}; version and key id
 * are authenticated with it. There is one key a line, {@code <id> <base64>}: the first seals, the
 * others only unseal, so a new key is put in front of the old ones.
 */
@ApplicationScoped
public class Sealer implements Seal {
    private static final String VERSION = "v1";
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private static final String FILE = "seal.key";

    private final SecureRandom random = new SecureRandom();
    private KeyDirectory directory;
    private volatile Keys keys;
    private boolean madeNow;

    /**
     * @param byId the first seals
     * @param stamp of the file they were read from, empty where the configuration gives them
     */
    private record Keys(Map<String, SecretKeySpec> byId, String stamp) {
        String current() {
            return byId.keySet().iterator().next();
        }
    }

    protected Sealer() {}

    @Inject
    public Sealer(KeyDirectory directory) {
        this.directory = directory;
        if (configured()) {
            keys = new Keys(parse(directory.configuredSealKey().get().reveal()), "");
            return;
        }
        KeyDirectory.Kept kept = directory.keep(FILE, this::newKey);
        madeNow = kept.made();
        keys = read();
    }

    /** Whether the configuration gives the keys, and not a file that Holdfast made. */
    public boolean configured() {
        return directory.configuredSealKey().isPresent();
    }

    /** Another server may have put a new key in front: it is seen here without a restart. */
    private Keys keys() {
        if (!configured() && !directory.stamp(FILE).equals(keys.stamp())) {
            keys = read();
        }
        return keys;
    }

    private Keys read() {
        String stamp = directory.stamp(FILE);
        return new Keys(parse(directory.keep(FILE, this::newKey).text()), stamp);
    }

    private Map<String, SecretKeySpec> parse(String text) {
        Map<String, SecretKeySpec> parsed = new LinkedHashMap<>();
        for (String line : text.lines().filter(l -> !l.isBlank()).toList()) {
            String[] words = line.strip().split(" ");
            byte[] key = words.length == 2 ? Base64.getDecoder().decode(words[1]) : new byte[0];
            if (key.length != 32) {
                throw new IllegalStateException(
                        (configured()
                                        ? "HOLDFAST_SEAL_KEY"
                                        : "The key file " + directory.directory().resolve(FILE))
                                + " holds a line that is no key. Put it back from its copy.");
            }
            parsed.put(words[0], new SecretKeySpec(key, "AES"));
        }
        if (parsed.isEmpty()) {
            throw new IllegalStateException(
                    "The key file "
                            + directory.directory().resolve(FILE)
                            + " is empty. Put it back from its copy.");
        }
        return parsed;
    }

    private String newKey() {
        byte[] id = new byte[4];
        byte[] key = new byte[32];
        random.nextBytes(id);
        random.nextBytes(key);
        return HexFormat.of().formatHex(id) + " " + Base64.getEncoder().encodeToString(key) + "\n";
    }

    /**
     * Puts a new key in front; everything that was sealed before stays readable.
     *
     * @param needed ids of keys that seal something now: all others but the present one are left
     *     out from now on
     * @return the new key's id
     * @throws Refused SET-BY-CONFIGURATION where the configuration gives the keys
     */
    public synchronized String addKey(Set<String> needed) {
        if (configured()) {
            throw new Refused(
                    "SET-BY-CONFIGURATION",
                    "The sealing key is given by HOLDFAST_SEAL_KEY.",
                    "Put a new one in front of it, a comma between, restart Holdfast and run the"
                            + " rotation again.");
        }
        String present = keyId();
        StringBuilder text = new StringBuilder(newKey());
        directory
                .keep(FILE, this::newKey)
                .text()
                .lines()
                .filter(line -> !line.isBlank())
                .filter(
                        line -> {
                            String id = line.strip().split(" ")[0];
                            return id.equals(present) || needed.contains(id);
                        })
                .forEach(line -> text.append(line).append('\n'));
        directory.replace(FILE, text.toString());
        return keyId();
    }

    /** Whether the key was made by this start. */
    public boolean madeNow() {
        return madeNow;
    }

    /** Id of the key that seals now. */
    public String keyId() {
        return keys().current();
    }

    @Override
    public String seal(Secret secret) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        Keys now = keys();
        String head = VERSION + "." + now.current();
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, now.byId().get(now.current()), nonce, head);
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
        SecretKeySpec key = keys.byId().get(parts[1]);
        if (key == null) {
            key = keys().byId().get(parts[1]);
        }
        if (key == null) {
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
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, parts[0] + "." + parts[1]);
            byte[] plain = cipher.doFinal(body, NONCE, body.length - NONCE);
            return Secret.of(new String(plain, StandardCharsets.UTF_8));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw broken();
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, String head)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
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

package org.holdfast.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** The public keys that are trusted, by their fingerprints. */
final class Keys {
    private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String END = "-----END PUBLIC KEY-----";

    private final Map<String, PublicKey> keys = new LinkedHashMap<>();

    /** A file may hold several keys, one behind the other. */
    void add(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        int found = 0;
        for (int from = text.indexOf(BEGIN); from >= 0; from = text.indexOf(BEGIN, from + 1)) {
            int to = text.indexOf(END, from);
            if (to < 0) {
                break;
            }
            try {
                byte[] der =
                        Base64.getMimeDecoder().decode(text.substring(from + BEGIN.length(), to));
                keys.put(
                        sha256(der),
                        KeyFactory.getInstance("Ed25519")
                                .generatePublic(new X509EncodedKeySpec(der)));
                found++;
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new IOException(file + " holds a key that is no Ed25519 public key.", e);
            }
        }
        if (found == 0) {
            throw new IOException(file + " holds no public key in PEM.");
        }
    }

    boolean has(String keyId) {
        return keys.containsKey(keyId);
    }

    boolean verify(String keyId, byte[] message, byte[] signature) {
        try {
            Signature verifying = Signature.getInstance("Ed25519");
            verifying.initVerify(keys.get(keyId));
            verifying.update(message);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime has no SHA-256.", e);
        }
    }
}

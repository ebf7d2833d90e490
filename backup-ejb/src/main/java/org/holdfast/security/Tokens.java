package org.holdfast.security;

import java.security.SecureRandom;
import java.util.Base64;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;

/** Bearer tokens: 256 random bits, kept as their SHA-256 only. */
public final class Tokens {
    private static final String PREFIX = "hf_";
    private static final SecureRandom RANDOM = new SecureRandom();

    private Tokens() {}

    public static Secret next() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Secret.of(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** What the catalog keeps. */
    public static String hash(Secret token) {
        return Sha256.of(token.reveal()).hex();
    }
}

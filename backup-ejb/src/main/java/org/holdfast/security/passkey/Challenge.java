package org.holdfast.security.passkey;

import java.io.Serializable;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/**
 * What an authenticator is to sign, and what it is good for.
 *
 * @param value 256 random bits, Base64url without padding
 * @param user for whom a passkey is made; null at a sign-in
 * @param name of the passkey that is made; null at a sign-in
 */
public record Challenge(String value, UUID user, String name, Instant until)
        implements Serializable {
    /** So long an answer is waited for. */
    public static final Duration TIME = Duration.ofMinutes(5);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 32;

    public static Challenge forSignIn(Instant now) {
        return new Challenge(random(), null, null, now.plus(TIME));
    }

    public static Challenge forNew(UUID user, String name, Instant now) {
        return new Challenge(random(), user, name, now.plus(TIME));
    }

    public static String random() {
        byte[] random = new byte[BYTES];
        RANDOM.nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    boolean open(Instant now) {
        return until.isAfter(now);
    }
}

package org.holdfast.security;

import com.bastiaanjansen.otp.HMACAlgorithm;
import com.bastiaanjansen.otp.HOTPGenerator;
import com.bastiaanjansen.otp.SecretGenerator;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.holdfast.domain.shared.Secret;

/**
 * Codes of RFC 6238 as authenticator apps make them: HMAC-SHA-1, six digits, steps of 30 seconds.
 *
 * <p>Only the present step and the one before it count, never one to come; they are tried one by
 * one, so that the step of an accepted code is known and can be marked as used.
 */
public final class TotpCodes {
    private static final int BITS = 160;
    private static final int STEP_SECONDS = 30;
    static final Duration WAITED = Duration.ofMinutes(2);
    private static final String ISSUER = "Holdfast";

    private TotpCodes() {}

    /** 160 random bits in Base32 (RFC 4648), 32 characters. */
    public static Secret newSecret() {
        return Secret.of(
                new String(SecretGenerator.generate(BITS), StandardCharsets.US_ASCII)
                        .replace("=", ""));
    }

    /**
     * What a QR code holds, <a
     * href="https://github.com/google/google-authenticator/wiki/Key-Uri-Format">otpauth</a>. As
     * secret as the secret in it.
     */
    public static Secret uri(String user, Secret secret) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("secret", secret.reveal());
        query.put("issuer", ISSUER);
        query.put("algorithm", "SHA1");
        query.put("digits", "6");
        query.put("period", Integer.toString(STEP_SECONDS));
        StringBuilder text = new StringBuilder();
        query.forEach((k, v) -> text.append(text.isEmpty() ? "" : "&").append(k + "=" + v));
        try {
            return Secret.of(
                    new URI("otpauth", "totp", "/" + ISSUER + ":" + user, text.toString(), null)
                            .toASCIIString());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /**
     * As of when a code is judged: as of when it came in, however long its turn was in coming.
     *
     * @return empty where it waited for longer than {@link #WAITED}: then it is not looked at
     */
    static Optional<Instant> judgedAt(Instant arrived, Instant now) {
        Instant at = arrived.isAfter(now) ? now : arrived;
        return Optional.of(at).filter(one -> !one.isBefore(now.minus(WAITED)));
    }

    /**
     * The step a code belongs to, empty where it belongs neither to the present one nor to the one
     * before. Blanks within the code do not count. Constant time.
     */
    public static OptionalLong step(Secret secret, String code, Instant now) {
        byte[] typed = code.replaceAll("\\s", "").getBytes(StandardCharsets.UTF_8);
        HOTPGenerator generator =
                new HOTPGenerator.Builder(secret.reveal())
                        .withAlgorithm(HMACAlgorithm.SHA1)
                        .withPasswordLength(6)
                        .build();
        long present = Math.floorDiv(now.getEpochSecond(), STEP_SECONDS);
        boolean isPresent = equal(generator.generate(present), typed);
        boolean isBefore = equal(generator.generate(present - 1), typed);
        if (isPresent) {
            return OptionalLong.of(present);
        }
        return isBefore ? OptionalLong.of(present - 1) : OptionalLong.empty();
    }

    private static boolean equal(String expected, byte[] typed) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.US_ASCII), typed);
    }
}

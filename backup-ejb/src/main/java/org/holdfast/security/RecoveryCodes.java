package org.holdfast.security;

import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.holdfast.domain.shared.Secret;
import org.holdfast.domain.shared.Sha256;

/**
 * Codes for the day the authenticator is lost: ten of 120 random bits each, six groups of four
 * digits and small letters without those that look alike. So long, a plain SHA-256 is kept safely
 * (OWASP ASVS 5.0, 6.5.2: 112 bits or more), and a wrong one takes no longer to refuse than a wrong
 * TOTP code.
 */
public final class RecoveryCodes {
    public static final int MADE = 10;
    private static final String DIGITS = "23456789abcdefghijkmnpqrstuvwxyz";
    private static final int LENGTH = 24;
    private static final int GROUP = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    private RecoveryCodes() {}

    public static List<Secret> next() {
        return IntStream.range(0, MADE).mapToObj(i -> one()).toList();
    }

    private static Secret one() {
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            if (i > 0 && i % GROUP == 0) {
                code.append('-');
            }
            code.append(DIGITS.charAt(RANDOM.nextInt(DIGITS.length())));
        }
        return Secret.of(code.toString());
    }

    /** What the catalog keeps. Dashes, blanks and capitals do not count. */
    public static String hash(String code) {
        return Sha256.of(code.toLowerCase(Locale.ROOT).replaceAll("[\\s-]", "")).hex();
    }
}

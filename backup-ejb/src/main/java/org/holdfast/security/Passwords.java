package org.holdfast.security;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;

/**
 * Passwords, kept as PBKDF2 with HMAC-SHA-512 (RFC 8018) in the PHC string form {@code
 * $pbkdf2-sha512$i=<rounds>$<salt>$<hash>}, base64 without padding. The text is brought into
 * Unicode form NFC first.
 *
 * <p>At most as many are computed at once as there are processors, so that sign-ins cannot take the
 * machine from the backups; whoever would wait for long is told to come again.
 */
@ApplicationScoped
public class Passwords {
    static final int ROUNDS = 210_000;
    private static final int SHORTEST = 12;
    private static final int LONGEST = 128;
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    static final int MOST_WAITING = 32;
    private static final Pattern FORM =
            Pattern.compile(
                    "\\$pbkdf2-sha512\\$i=([0-9]{1,9})\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

    /** No password gives it; comparing with it takes as long as with any. */
    private static final String NOBODYS =
            "$pbkdf2-sha512$i=" + ROUNDS + "$" + "A".repeat(22) + "$" + "A".repeat(86);

    private static final Pattern ROUND_THE_WORD = Pattern.compile("^\\P{L}*|\\P{L}*$");

    private final SecureRandom random = new SecureRandom();
    private final Set<String> words = words();
    private final Semaphore atOnce;
    private final Duration patience;

    public Passwords() {
        this(
                new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors()), true),
                PATIENCE);
    }

    Passwords(Semaphore atOnce, Duration patience) {
        this.atOnce = atOnce;
        this.patience = patience;
    }

    /**
     * Refuses a password that is too short, too long, or among those that are tried first.
     *
     * @throws Refused PASSWORD
     */
    public void requireGood(String user, Secret password) {
        String text = normal(password);
        int length = text.codePointCount(0, text.length());
        if (length < SHORTEST || length > LONGEST) {
            throw new Refused(
                    "PASSWORD",
                    "The password has " + length + " characters; it needs 12 to 128.",
                    "Take 15 or more: a few words that do not belong together are good.");
        }
        if (common(text, user)) {
            throw new Refused(
                    "PASSWORD",
                    "The password is among those that are tried first.",
                    "Take a few words that do not belong together, without the user name.");
        }
    }

    /** Whether what remains without digits and signs round it is known words, or it repeats. */
    private boolean common(String text, String user) {
        String lower = text.toLowerCase(Locale.ROOT);
        String core = ROUND_THE_WORD.matcher(lower).replaceAll("");
        return lower.codePoints().distinct().count() < 5
                || lower.matches("(.{1,6}?)\\1+.{0,3}")
                || monotonous(lower)
                || wordsOnly(letters(core), user)
                || wordsOnly(letters(unleet(core)), user)
                || wordsOnly(letters(unleet(lower.replaceAll("[\\P{L}&&[^@$]]+$", ""))), user);
    }

    private static String letters(String text) {
        return text.replaceAll("\\P{L}", "");
    }

    private static String unleet(String text) {
        return text.replace('0', 'o')
                .replace('1', 'i')
                .replace('3', 'e')
                .replace('4', 'a')
                .replace('5', 's')
                .replace('7', 't')
                .replace('@', 'a')
                .replace('$', 's')
                .replace('!', 'i');
    }

    /** Mostly steps of one along the alphabet, the digits or a keyboard row. */
    private static boolean monotonous(String text) {
        String rows =
                "0123456789 abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm 1234567890";
        int steps = 0;
        for (int i = 1; i < text.length(); i++) {
            String pair = text.substring(i - 1, i + 1);
            String back = new StringBuilder(pair).reverse().toString();
            if (rows.contains(pair) || rows.contains(back)) {
                steps++;
            }
        }
        return steps * 4 >= (text.length() - 1) * 3;
    }

    /** Whether it is made of known words and the user's name, two at most. */
    private boolean wordsOnly(String letters, String user) {
        String name = user.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        if (letters.isEmpty()) {
            return true;
        }
        for (int i = 1; i <= letters.length(); i++) {
            if (known(letters.substring(0, i), name)
                    && (i == letters.length() || known(letters.substring(i), name))) {
                return true;
            }
        }
        return false;
    }

    private boolean known(String word, String name) {
        return words.contains(word) || (!name.isEmpty() && word.equals(name));
    }

    /**
     * The text to keep.
     *
     * @throws Refused PASSWORD-BUSY
     */
    public String hash(Secret password) {
        byte[] salt = new byte[16];
        random.nextBytes(salt);
        return "$pbkdf2-sha512$i="
                + ROUNDS
                + "$"
                + Base64.getEncoder().withoutPadding().encodeToString(salt)
                + "$"
                + Base64.getEncoder()
                        .withoutPadding()
                        .encodeToString(derive(password, salt, ROUNDS));
    }

    /**
     * Whether it is the password that {@code kept} was made of; constant time. What is in no known
     * form matches nothing and takes as long.
     *
     * @throws Refused PASSWORD-BUSY
     */
    public boolean matches(Secret password, String kept) {
        Matcher matcher = FORM.matcher(kept);
        if (!matcher.matches()) {
            compareWithNobodys(password);
            return false;
        }
        byte[] expected = Base64.getDecoder().decode(matcher.group(3));
        byte[] found =
                derive(
                        password,
                        Base64.getDecoder().decode(matcher.group(2)),
                        Integer.parseInt(matcher.group(1)));
        return MessageDigest.isEqual(expected, found);
    }

    /** Takes the time of a comparison, for a user that is not there. */
    public void compareWithNobodys(Secret password) {
        matches(password, NOBODYS);
    }

    /** Whether it was kept with fewer rounds than are asked for now. */
    public boolean outdated(String kept) {
        Matcher matcher = FORM.matcher(kept);
        return matcher.matches() && Integer.parseInt(matcher.group(1)) < ROUNDS;
    }

    private byte[] derive(Secret password, byte[] salt, int rounds) {
        String text = normal(password);
        if (text.length() > LONGEST * 2) {
            text = "";
        }
        PBEKeySpec spec = new PBEKeySpec(text.toCharArray(), salt, rounds, 512);
        acquire();
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime has no PBKDF2 with SHA-512.", e);
        } finally {
            atOnce.release();
            spec.clearPassword();
        }
    }

    private void acquire() {
        try {
            if (atOnce.getQueueLength() < MOST_WAITING
                    && atOnce.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw busy();
    }

    static Refused busy() {
        return new Refused(
                "PASSWORD-BUSY",
                "The server is busy with other passwords and has not looked at this one.",
                "Try again in a few seconds; nothing was counted against you.");
    }

    private static String normal(Secret password) {
        return Normalizer.normalize(password.reveal(), Normalizer.Form.NFC);
    }

    private static Set<String> words() {
        try (InputStream in = Passwords.class.getResourceAsStream("common-words.txt");
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            return reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.holdfast.domain.keys.AgeKeys;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.security.PassphraseTries;
import org.holdfast.security.Passwords;

/**
 * Passphrases that open a key's identity. The identity lies encrypted beside every backup, so
 * whoever reads the store can try passphrases for as long as they like: only a long one is taken.
 */
@ApplicationScoped
public class Passphrases {
    static final int SHORTEST = 20;

    private AgeKeys ageKeys;
    private RecipientKeys keys;
    private Passwords passwords;
    private PassphraseTries tries;
    private Caller caller;

    protected Passphrases() {}

    @Inject
    public Passphrases(
            AgeKeys ageKeys,
            RecipientKeys keys,
            Passwords passwords,
            PassphraseTries tries,
            Caller caller) {
        this.ageKeys = ageKeys;
        this.keys = keys;
        this.passwords = passwords;
        this.tries = tries;
        this.caller = caller;
    }

    /**
     * @throws Refused KEY-PASSPHRASE-WEAK
     */
    void requireStrong(Secret passphrase) {
        String text = passphrase.reveal();
        if (text.codePointCount(0, text.length()) < SHORTEST) {
            throw weak("The passphrase has less than " + SHORTEST + " characters.");
        }
        if (!text.equals(text.strip()) || text.codePoints().anyMatch(Character::isISOControl)) {
            throw weak("The passphrase begins or ends with a blank, or has a line break in it.");
        }
        if (text.matches("(.+?)\\1+.{0,3}")) {
            throw weak("The passphrase repeats itself.");
        }
        try {
            passwords.requireGood("", passphrase);
        } catch (Refused e) {
            throw weak(e.getMessage().replace("password", "passphrase"));
        }
    }

    private static Refused weak(String what) {
        return new Refused(
                "KEY-PASSPHRASE-WEAK",
                what,
                "Take six or more words that do not belong together, drawn by dice or by age -p:"
                        + " whoever reads the store can try passphrases without end.");
    }

    /** The pair with its identity file encrypted; takes a second or two. */
    AgeKeys.Pair protect(AgeKeys.Pair pair, Secret passphrase) {
        return new AgeKeys.Pair(
                pair.publicKey(), Secret.of(ageKeys.protect(pair.identityFile(), passphrase)));
    }

    /**
     * The identity that a person gives for a restore, opened where a passphrase protects it. Tries
     * are counted, slowed down and audited, each in a transaction of its own: call it before the
     * act's own audit entry.
     *
     * @param given an identity, or one that a passphrase protects; null: one that Holdfast keeps
     * @param passphrase null where none was given
     * @param recipients that the backup was encrypted to
     * @return null where nothing was given
     * @throws Refused KEY-PASSPHRASE, KEY-PASSPHRASE-NONE, -WAIT, -BUSY or KEY-IDENTITY
     */
    Secret open(Secret given, Secret passphrase, List<String> recipients) {
        boolean locked = given != null && ageKeys.isProtected(given);
        if (passphrase == null) {
            if (locked) {
                throw new Refused(
                        "KEY-PASSPHRASE",
                        "The identity given is protected by a passphrase, and none was given.",
                        "Give its passphrase as well.");
            }
            return given;
        }
        if (given != null) {
            return locked
                    ? tried("given with the request", () -> ageKeys.open(given, passphrase))
                    : given;
        }
        List<RecipientKey> kept =
                keys.all().stream()
                        .filter(k -> recipients.contains(k.publicKey()))
                        .filter(k -> k.protectedIdentity().isPresent())
                        .toList();
        if (kept.isEmpty()) {
            throw new Refused(
                    "KEY-PASSPHRASE-NONE",
                    "No key of this backup is opened by a passphrase alone.",
                    "Give the identity itself, or the file that the passphrase protects.");
        }
        return tried(
                kept.stream().map(k -> "key/" + k.name()).collect(Collectors.joining(", ")),
                () -> opened(kept, passphrase));
    }

    private Secret tried(String identity, Supplier<Secret> open) {
        return tries.open(caller.name(), caller.actor(), identity, open);
    }

    private Secret opened(List<RecipientKey> kept, Secret passphrase) {
        Refused last = null;
        for (RecipientKey key : kept) {
            try {
                return ageKeys.open(Secret.of(key.protectedIdentity().orElseThrow()), passphrase);
            } catch (Refused e) {
                last = e;
            }
        }
        throw last;
    }
}

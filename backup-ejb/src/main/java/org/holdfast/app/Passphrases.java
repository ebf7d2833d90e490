package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.holdfast.domain.keys.AgeKeys;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
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

    protected Passphrases() {}

    @Inject
    public Passphrases(AgeKeys ageKeys, RecipientKeys keys, Passwords passwords) {
        this.ageKeys = ageKeys;
        this.keys = keys;
        this.passwords = passwords;
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
     * The identity that a person gives for a restore, opened where a passphrase protects it.
     *
     * @param given an identity, or one that a passphrase protects; null: one that Holdfast keeps
     * @param passphrase null where none was given
     * @param recipients that the backup was encrypted to
     * @return null where nothing was given
     * @throws Refused KEY-PASSPHRASE, KEY-PASSPHRASE-NONE or KEY-IDENTITY
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
            return locked ? ageKeys.open(given, passphrase) : given;
        }
        List<String> kept =
                keys.all().stream()
                        .filter(k -> recipients.contains(k.publicKey()))
                        .flatMap(k -> k.protectedIdentity().stream())
                        .toList();
        Refused last =
                new Refused(
                        "KEY-PASSPHRASE-NONE",
                        "No key of this backup is opened by a passphrase alone.",
                        "Give the identity itself, or the file that the passphrase protects.");
        for (String one : kept) {
            try {
                return ageKeys.open(Secret.of(one), passphrase);
            } catch (Refused e) {
                last = e;
            }
        }
        throw last;
    }
}

package org.holdfast.domain.keys;

import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;

/** What is done with age keys outside of streams. */
public interface AgeKeys {
    /**
     * A key pair just made.
     *
     * @param identityFile as {@code age-keygen} writes it; to be handed out once and kept nowhere
     */
    record Pair(String publicKey, Secret identityFile) {}

    Pair generate();

    /**
     * The public key without blanks.
     *
     * @throws Refused KEY-RECIPIENT where it is none
     */
    String requirePublic(String text);

    /** The identity file encrypted with the passphrase, armored: what {@code age -p -a} makes. */
    String protect(Secret identityFile, Secret passphrase);

    /** Whether the text is an age file in armor, and so no identity as it stands. */
    boolean isProtected(Secret given);

    /**
     * What {@link #protect} was given; takes a second or two of one processor.
     *
     * @throws Refused KEY-PASSPHRASE where the passphrase is another one, KEY-IDENTITY where no
     *     passphrase opens it
     */
    Secret open(Secret armored, Secret passphrase);

    /** The text encrypted to one key, armored: what {@code age -d} reads from a file. */
    String encrypt(String publicKey, Secret text);
}

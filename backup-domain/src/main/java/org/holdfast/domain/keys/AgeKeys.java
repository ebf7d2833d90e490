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

    /** The text encrypted to one key, armored: what {@code age -d} reads from a file. */
    String encrypt(String publicKey, Secret text);
}

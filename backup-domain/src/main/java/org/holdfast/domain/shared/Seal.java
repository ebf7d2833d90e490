package org.holdfast.domain.shared;

/** Keeps a secret unreadable at rest, with a key that is not in the database. */
public interface Seal {
    /** The secret as printable text that only {@link #unseal} reads. */
    String seal(Secret secret);

    /**
     * The secret back.
     *
     * @throws Refused where the key it was sealed with is not there, or the text was changed
     */
    Secret unseal(String sealed);
}

package org.holdfast.domain.people;

/** The step-up before a dangerous act: by a TOTP code or, at a browser, by a passkey. */
public interface SecondFactor {
    /** In the code's place: the person wants to show a passkey. */
    String BY_PASSKEY = "passkey";

    /**
     * Spends one TOTP code of the person, or one showing of a passkey, for one operation.
     *
     * <p>{@link #BY_PASSKEY} in the code's place has the browser asked, for this operation, in this
     * session and once; the same act is then sent again with the answer (JSON) in the code's place.
     *
     * @param userName who acts
     * @param code six digits, {@link #BY_PASSKEY}, or the answer
     * @param operation what is done, and behind it every parameter exactly or the hash of them all,
     *     e.g. {@code restore <plan hash>}: the code is spent for this and nothing else. A refused
     *     code is audited with it; after a good one the act's own entry, in the same transaction,
     *     names the same parameters
     * @throws PasskeyAsked where the code is {@link #BY_PASSKEY}: nothing was done yet
     * @throws org.holdfast.domain.shared.Refused where the code is missing, wrong, used, or too
     *     many were wrong before
     */
    void require(String userName, String code, String operation);
}

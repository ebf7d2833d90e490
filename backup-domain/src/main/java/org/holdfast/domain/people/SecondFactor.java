package org.holdfast.domain.people;

/** The step-up before a dangerous act. */
public interface SecondFactor {
    /**
     * Spends one TOTP code of the person for one operation.
     *
     * @param userName who acts
     * @param code six digits
     * @param operation what is done, and behind it every parameter exactly or the hash of them all,
     *     e.g. {@code restore <plan hash>}: the code is spent for this and nothing else. A refused
     *     code is audited with it; after a good one the act's own entry, in the same transaction,
     *     names the same parameters
     * @throws org.holdfast.domain.shared.Refused where the code is missing, wrong, used, or too
     *     many were wrong before
     */
    void require(String userName, String code, String operation);
}

package org.holdfast.domain.people;

/** The step-up before a dangerous act. */
public interface SecondFactor {
    /**
     * Spends one TOTP code of the person for one operation.
     *
     * @param userName who acts
     * @param code six digits
     * @param operation what is done with which parameters, e.g. {@code restore <plan hash>};
     *     audited
     * @throws org.holdfast.domain.shared.Refused where the code is missing, wrong, used, or too
     *     many were wrong before
     */
    void require(String userName, String code, String operation);
}

package org.holdfast.domain.people;

import java.time.Instant;

/** The step-up before a dangerous act: by a TOTP code or, at a browser, by a passkey. */
public interface SecondFactor {
    /** In the code's place: the person wants to show a passkey. */
    String BY_PASSKEY = "passkey";

    /** Whether what was given in the code's place is a passkey's answer. */
    static boolean answered(String code) {
        return code.startsWith("{");
    }

    /**
     * Spends one TOTP code of the person, or one showing of a passkey, for one operation.
     *
     * <p>{@link #BY_PASSKEY} in the code's place has the browser asked, for this operation, in this
     * session and once; the same act is then sent again with the answer (JSON) in the code's place.
     *
     * @param userName who acts
     * @param code six digits, {@link #BY_PASSKEY}, or the answer
     * @param operation what is done, and behind it what it is done to and how, in words or as a
     *     hash, e.g. {@code restore <hash of the decision>}: the code is spent for this and nothing
     *     else. It is kept and audited, so secrets (passwords in URLs, keys of stores, a new
     *     password) are left out, and reasons mostly are: they are not bound. It is the same when
     *     the same act is sent again, so what is measured or made anew is left out, too. A refused
     *     code is audited with it; after a good one the act's own entry, in the same transaction,
     *     names the same
     * @throws PasskeyAsked where the code is {@link #BY_PASSKEY}: nothing was done yet
     * @throws org.holdfast.domain.shared.Refused where the code is missing, wrong, used, or too
     *     many were wrong before
     */
    void require(String userName, String code, String operation);

    /**
     * The same for an act that took its time before: a TOTP code is judged as of when it came in.
     *
     * @param arrived when that was; where it is more than two minutes ago, the code is refused and
     *     does not count as a wrong one
     */
    void require(String userName, String code, String operation, Instant arrived);
}

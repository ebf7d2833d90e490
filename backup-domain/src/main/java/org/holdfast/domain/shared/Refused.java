package org.holdfast.domain.shared;

import jakarta.ejb.ApplicationException;

/**
 * An act that the rules do not allow, said in words a person can act on. It rolls the transaction
 * back, so nothing is half done. {@link #code()} names a page of {@code runbooks/}.
 */
@ApplicationException(rollback = true)
public class Refused extends RuntimeException {
    private final String code;
    private final String remedy;

    /**
     * @param code stable name in capitals and dashes, e.g. {@code RESTORE-PHRASE}
     * @param message what was refused and why, one sentence
     * @param remedy what to do next, one sentence
     */
    public Refused(String code, String message, String remedy) {
        super(message);
        this.code = code;
        this.remedy = remedy;
    }

    public String code() {
        return code;
    }

    public String remedy() {
        return remedy;
    }

    /** The thing asked for is not there; {@code what} is e.g. {@code "snapshot"}. */
    public static Refused notFound(String what, Object id) {
        return new Refused(
                "NOT-FOUND",
                "There is no " + what + " " + id + ".",
                "Check the id in the console's list; it may have expired.");
    }
}

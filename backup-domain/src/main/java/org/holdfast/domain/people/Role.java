package org.holdfast.domain.people;

/** What a person may do; the table stands in the security checklist of the runbooks. */
public enum Role {
    /** Users, roles, keys, storage, targets, policy, and everything an ADMIN may. */
    SUPER_GURU,
    /** Restores: request, approve, undo; and everything an OPERATOR may. */
    ADMIN,
    /** Back up now, run drills. */
    OPERATOR,
    /** Reads everything, signs drills off, changes nothing else. */
    AUDITOR;

    public static final String SUPER_GURU_NAME = "SUPER_GURU";
    public static final String ADMIN_NAME = "ADMIN";
    public static final String OPERATOR_NAME = "OPERATOR";
    public static final String AUDITOR_NAME = "AUDITOR";

    /** Whether somebody of this role may hand {@code other} on, e.g. to a token. */
    public boolean covers(Role other) {
        return switch (this) {
            case SUPER_GURU -> true;
            case ADMIN -> other != SUPER_GURU;
            case OPERATOR -> other == OPERATOR;
            case AUDITOR -> other == AUDITOR;
        };
    }
}

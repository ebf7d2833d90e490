package org.holdfast.domain.people;

/** The life of what waits for a second person: it is decided once. */
public enum ApprovalState {
    REQUESTED,
    /** Agreed to, and carried out in the same transaction. */
    APPROVED,
    REJECTED,
    EXPIRED,
    /** Taken back by who asked. */
    WITHDRAWN,
    /** Agreed to, but the act was refused then, or was no longer what was asked for. */
    REFUSED_AT_ACT;

    boolean mayBecome(ApprovalState next) {
        return switch (this) {
            case REQUESTED -> next != REQUESTED;
            case APPROVED, REJECTED, EXPIRED, WITHDRAWN, REFUSED_AT_ACT -> false;
        };
    }
}

package org.holdfast.domain.restore;

/** The life of a restore request. */
public enum RestoreState {
    AWAITING_APPROVAL,
    QUEUED,
    RUNNING,
    COMPLETED,
    FAILED,
    REJECTED,
    CANCELLED,
    UNDONE;

    boolean mayBecome(RestoreState next) {
        return switch (this) {
            case AWAITING_APPROVAL -> next == QUEUED || next == REJECTED || next == CANCELLED;
            case QUEUED -> next == RUNNING || next == CANCELLED;
            case RUNNING -> next == COMPLETED || next == FAILED || next == CANCELLED;
            case COMPLETED -> next == UNDONE;
            case FAILED, REJECTED, CANCELLED, UNDONE -> false;
        };
    }

    /** Whether it holds its target: no second request may stand beside it. */
    public boolean active() {
        return switch (this) {
            case AWAITING_APPROVAL, QUEUED, RUNNING -> true;
            case COMPLETED, FAILED, REJECTED, CANCELLED, UNDONE -> false;
        };
    }
}

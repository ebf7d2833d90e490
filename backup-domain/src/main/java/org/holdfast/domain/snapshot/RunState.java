package org.holdfast.domain.snapshot;

/** The life of a backup run. */
public enum RunState {
    QUEUED,
    RUNNING,
    /** A snapshot with the same id stands in at least one store. */
    COMPLETED,
    FAILED,
    CANCELLED;

    boolean mayBecome(RunState next) {
        return switch (this) {
            case QUEUED -> next == RUNNING || next == CANCELLED;
            case RUNNING ->
                    next == COMPLETED || next == FAILED || next == CANCELLED || next == QUEUED;
            case COMPLETED, FAILED, CANCELLED -> false;
        };
    }

    public boolean ended() {
        return switch (this) {
            case QUEUED, RUNNING -> false;
            case COMPLETED, FAILED, CANCELLED -> true;
        };
    }
}

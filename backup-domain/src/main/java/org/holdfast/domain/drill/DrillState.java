package org.holdfast.domain.drill;

/** The life of a drill: it waits, runs, ends with a verdict, is reviewed and signed off. */
public enum DrillState {
    PLANNED,
    RUNNING,
    PASSED,
    PARTIAL,
    FAILED,
    ABORTED,
    REVIEWED,
    SIGNED_OFF;

    boolean mayBecome(DrillState next) {
        return switch (this) {
            case PLANNED -> next == RUNNING || next == FAILED || next == ABORTED;
            case RUNNING -> next == PASSED || next == PARTIAL || next == FAILED || next == ABORTED;
            case PASSED, PARTIAL, FAILED, ABORTED -> next == REVIEWED || next == SIGNED_OFF;
            // A sign-off that is refused sends it back to what it ended as.
            case REVIEWED ->
                    next == SIGNED_OFF
                            || next == PASSED
                            || next == PARTIAL
                            || next == FAILED
                            || next == ABORTED;
            case SIGNED_OFF -> false;
        };
    }

    /** Whether it waits or runs: it needs its snapshot. */
    public boolean active() {
        return switch (this) {
            case PLANNED, RUNNING -> true;
            case PASSED, PARTIAL, FAILED, ABORTED, REVIEWED, SIGNED_OFF -> false;
        };
    }
}

package org.holdfast.domain.drill;

/** Why there is a drill. */
public enum DrillCause {
    BY_HAND,
    SCHEDULE,
    /** To see whether what an earlier one found is mended. */
    RETEST,
    /** To try checks that are still being written; it counts for nothing. */
    TRIAL
}

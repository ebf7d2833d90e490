package org.holdfast.domain.drill;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What a drill came to; it stays when the drill is reviewed and signed off. */
public enum DrillVerdict {
    /** Restored, and every check that was asked for passed. */
    PASSED,
    /** Restored, nothing contradicts it, but not all that was asked for could be shown. */
    PARTIAL,
    /** A check contradicts the backup, or it did not come to its checks. */
    FAILED,
    /** Ended before its verdict by a person, or because the server stopped. */
    ABORTED;

    /**
     * One failed check fails the drill. A demanded check that warns, was not run, or is not there
     * at all makes it PARTIAL: what was not shown is not claimed.
     */
    public static DrillVerdict of(List<DrillCheck> checks, Set<CheckKind> demanded) {
        if (checks.stream().anyMatch(c -> c.verdict() == DrillCheck.Verdict.FAILED)) {
            return FAILED;
        }
        Set<CheckKind> missing = EnumSet.noneOf(CheckKind.class);
        missing.addAll(demanded);
        boolean all = true;
        for (DrillCheck check : checks) {
            missing.remove(check.kind());
            all &= check.verdict() == DrillCheck.Verdict.PASSED || !check.demanded();
        }
        return all && missing.isEmpty() && !checks.isEmpty() ? PASSED : PARTIAL;
    }

    public DrillState state() {
        return switch (this) {
            case PASSED -> DrillState.PASSED;
            case PARTIAL -> DrillState.PARTIAL;
            case FAILED -> DrillState.FAILED;
            case ABORTED -> DrillState.ABORTED;
        };
    }
}

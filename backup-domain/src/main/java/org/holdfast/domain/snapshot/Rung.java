package org.holdfast.domain.snapshot;

/** How far a snapshot was proved. No page shows a higher rung than was reached. */
public enum Rung {
    /** Its manifest stands in a store. */
    UPLOADED,
    /** Read back from the store: hashes equal, decrypts, decompresses and reads to the end. */
    VERIFIED,
    /** A restore or drill brought it back and the proof held. */
    RESTORED,
    /** Something contradicts it; {@link Snapshot#doubt()} says what. */
    SUSPECT,
    /** Deleted from its stores; the record stays. */
    EXPIRED;

    boolean mayBecome(Rung next) {
        return switch (this) {
            case UPLOADED -> next == VERIFIED || next == SUSPECT || next == EXPIRED;
            case VERIFIED -> next == RESTORED || next == SUSPECT || next == EXPIRED;
            case RESTORED -> next == SUSPECT || next == EXPIRED;
            case SUSPECT ->
                    next == UPLOADED || next == VERIFIED || next == RESTORED || next == EXPIRED;
            case EXPIRED -> false;
        };
    }

    /** Whether a restore may start from it. */
    public boolean restorable() {
        return switch (this) {
            case VERIFIED, RESTORED -> true;
            case UPLOADED, SUSPECT, EXPIRED -> false;
        };
    }
}

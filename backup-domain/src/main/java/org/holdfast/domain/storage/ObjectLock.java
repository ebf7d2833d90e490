package org.holdfast.domain.storage;

import java.time.Instant;

/**
 * A lock on one object: until its end the store removes no version that has it.
 *
 * @param mode GOVERNANCE or COMPLIANCE
 * @param until UTC; stores keep whole seconds
 */
public record ObjectLock(LockMode mode, Instant until) {
    public ObjectLock {
        if (mode == LockMode.OFF) {
            throw new IllegalArgumentException("A lock has a mode.");
        }
    }

    /**
     * This lock, held as long as {@code wanted} at least. Its mode stays: what is there was set by
     * somebody, a bucket's default perhaps, and S3 lets nobody exchange it without the right to
     * break it.
     */
    public ObjectLock extendedTo(ObjectLock wanted) {
        return until.isBefore(wanted.until) ? new ObjectLock(mode, wanted.until) : this;
    }

    /** Of several objects that are of use only together: what can be said of them all. */
    public ObjectLock weakest(ObjectLock other) {
        return new ObjectLock(
                mode.compareTo(other.mode) <= 0 ? mode : other.mode,
                until.isBefore(other.until) ? until : other.until);
    }
}

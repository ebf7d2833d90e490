package org.holdfast.domain.snapshot;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.policy.Retry;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.storage.LockMode;
import org.holdfast.domain.storage.ObjectLock;

/**
 * One snapshot in one store. A copy that failed while the backup ran is fetched later from a store
 * that has it, ciphertext for ciphertext, and counts only when its own manifest was written.
 */
@Entity
@Table(name = "snapshot_copies")
public class SnapshotCopy {
    /** The health of a copy. */
    public enum State {
        /** Written, its manifest last. */
        UPLOADED,
        /** Read back and found equal. */
        VERIFIED,
        /** Not there; it is tried again for as long as the snapshot is kept. */
        FAILED,
        /** There, but not what was written. */
        CORRUPT,
        /** On its way out: nothing reads from it any more, its manifest goes first. */
        REMOVING,
        /** Removed from its store. */
        REMOVED;

        /** Whether a restore may read from a copy in this state. */
        public boolean readable() {
            return switch (this) {
                case UPLOADED, VERIFIED -> true;
                case FAILED, CORRUPT, REMOVING, REMOVED -> false;
            };
        }
    }

    @Id private UUID id;

    @Column(name = "snapshot_id")
    private UUID snapshotId;

    @Column(name = "store_id")
    private UUID storeId;

    @Enumerated(EnumType.STRING)
    private State state;

    private String failure;
    private int attempt;

    @Column(name = "next_try_at")
    private Instant nextTryAt;

    @Column(name = "uploaded_at")
    private Instant uploadedAt;

    @Column(name = "verified_at")
    private Instant verifiedAt;

    @Enumerated(EnumType.STRING)
    @Column(name = "verified_depth")
    private ReadDepth verifiedDepth;

    @Column(name = "verified_note")
    private String verifiedNote;

    @Column(name = "doomed_at")
    private Instant doomedAt;

    @Column(name = "doomed_by")
    private String doomedBy;

    @Column(name = "doomed_why")
    private String doomedWhy;

    @Column(name = "remove_after")
    private Instant removeAfter;

    @Enumerated(EnumType.STRING)
    @Column(name = "removing_from")
    private State removingFrom;

    @Column(name = "remove_try_at")
    private Instant removeTryAt;

    @Column(name = "removed_at")
    private Instant removedAt;

    @Column(name = "locked_until")
    private Instant lockedUntil;

    @Enumerated(EnumType.STRING)
    @Column(name = "lock_mode")
    private LockMode lockMode;

    @Column(name = "lock_failure")
    private String lockFailure;

    @Column(name = "lock_try_at")
    private Instant lockTryAt;

    protected SnapshotCopy() {}

    public static SnapshotCopy uploaded(UUID snapshotId, UUID storeId, Instant now) {
        SnapshotCopy copy = new SnapshotCopy();
        copy.id = Ids.next();
        copy.snapshotId = snapshotId;
        copy.storeId = storeId;
        copy.arrived(now);
        return copy;
    }

    public static SnapshotCopy failed(
            UUID snapshotId, UUID storeId, String failure, Retry retry, Instant now) {
        SnapshotCopy copy = new SnapshotCopy();
        copy.id = Ids.next();
        copy.snapshotId = snapshotId;
        copy.storeId = storeId;
        copy.fail(failure, retry, now);
        return copy;
    }

    /**
     * A try to bring the copy in failed; the next is due after the rule's pause, which grows to an
     * hour. It never gives up: a store may be down for longer than any number of attempts lasts.
     */
    public final void fail(String why, Retry retry, Instant now) {
        attempt++;
        state = State.FAILED;
        failure = why;
        nextTryAt = now.plus(retry.pauseAfter(attempt));
    }

    public final void arrived(Instant now) {
        state = State.UPLOADED;
        uploadedAt = now;
        lockTryAt = now;
        failure = null;
        nextTryAt = null;
    }

    /**
     * Read back and found equal, also where it was found damaged before.
     *
     * @param note why it was read no deeper; empty where there is no deeper
     */
    public void verified(ReadDepth depth, String note, Instant now) {
        state = State.VERIFIED;
        verifiedAt = now;
        verifiedDepth = depth;
        verifiedNote = note;
        failure = null;
    }

    public void corrupt(String why) {
        state = State.CORRUPT;
        failure = why;
    }

    /**
     * Marks it: it goes after the grace, unless it is taken back before. A mark by hand takes the
     * place of a rule's.
     *
     * @param by a person, or {@link Doom#RULE}
     */
    public void doom(String by, String why, Instant now, Duration grace) {
        if (leaving()) {
            throw new IllegalStateException("Copy " + id + " is " + state + " already.");
        }
        doomedAt = now;
        doomedBy = by;
        doomedWhy = why;
        removeAfter = now.plus(grace);
        removeTryAt = null;
    }

    /** Takes the mark away; what is on its way out cannot be had back. */
    public void spare() {
        if (leaving()) {
            throw new IllegalStateException("Copy " + id + " is " + state + " already.");
        }
        doomedAt = null;
        doomedBy = null;
        doomedWhy = null;
        removeAfter = null;
        removeTryAt = null;
    }

    /** From here on nothing may read from it. */
    public void beginRemoval(Instant now) {
        if (state == State.REMOVING) {
            return;
        }
        if (state == State.REMOVED || doomedAt == null || removeAfter.isAfter(now)) {
            throw new IllegalStateException("Copy " + id + " is not to be removed at " + now + ".");
        }
        removingFrom = state;
        state = State.REMOVING;
        nextTryAt = null;
    }

    public void removed(Instant now) {
        if (state != State.REMOVING) {
            throw new IllegalStateException("Copy " + id + " is " + state + ", not REMOVING.");
        }
        state = State.REMOVED;
        removedAt = now;
        removeTryAt = null;
        failure = null;
    }

    /**
     * Its removal came to nothing, or not to its end.
     *
     * @param whole whether nothing was removed, so that it can be read as before
     * @param again when it is tried once more
     */
    public void notRemoved(String why, boolean whole, Instant again) {
        if (whole) {
            state = removingFrom;
            removingFrom = null;
        }
        failure = why;
        removeTryAt = again;
    }

    /** All its objects are locked; this is what the store showed of the one that is least so. */
    public void locked(ObjectLock lock) {
        lockedUntil = lock.until();
        lockMode = lock.mode();
        lockFailure = null;
        lockTryAt = null;
    }

    /** Its store locks nothing, or is not to. */
    public void notToLock() {
        lockFailure = null;
        lockTryAt = null;
    }

    /** It was to be locked, and is not, or not all of it. */
    public void notLocked(String why, Instant again) {
        lockFailure = why;
        lockTryAt = again;
    }

    /** Until when no version of it can be removed, as the store showed it; empty: not locked. */
    public Optional<ObjectLock> lock() {
        return lockedUntil == null
                ? Optional.empty()
                : Optional.of(new ObjectLock(lockMode, lockedUntil));
    }

    /** Why it is not locked though it was to be; null where it is, or was not to be. */
    public String lockFailure() {
        return lockFailure;
    }

    /** On its way out, or gone. */
    public boolean leaving() {
        return switch (state) {
            case REMOVING, REMOVED -> true;
            case UPLOADED, VERIFIED, FAILED, CORRUPT -> false;
        };
    }

    /** The mark; empty where it is not to go. */
    public Optional<Doom> doom() {
        return doomedAt == null
                ? Optional.empty()
                : Optional.of(new Doom(doomedAt, doomedBy, doomedWhy, removeAfter));
    }

    /** When its removal is tried again; null where it did not fail. */
    public Instant removeTryAt() {
        return removeTryAt;
    }

    /** Null while it is there. */
    public Instant removedAt() {
        return removedAt;
    }

    public UUID id() {
        return id;
    }

    public UUID snapshotId() {
        return snapshotId;
    }

    public UUID storeId() {
        return storeId;
    }

    public State state() {
        return state;
    }

    public String failure() {
        return failure;
    }

    public int attempt() {
        return attempt;
    }

    public Instant nextTryAt() {
        return nextTryAt;
    }

    public Instant uploadedAt() {
        return uploadedAt;
    }

    public Instant verifiedAt() {
        return verifiedAt;
    }

    /** How deeply it was last read back; null where that never was, or was not noted. */
    public ReadDepth verifiedDepth() {
        return verifiedDepth;
    }

    /** Why it was read no deeper; null or empty where there is no deeper. */
    public String verifiedNote() {
        return verifiedNote;
    }

    /** Whether its store has something of it that can be read back, right or wrong. */
    public boolean there() {
        return readable() || state == State.CORRUPT;
    }

    /** Whether a restore may read from it. */
    public boolean readable() {
        return state.readable();
    }
}

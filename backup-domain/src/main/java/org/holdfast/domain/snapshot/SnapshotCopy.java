package org.holdfast.domain.snapshot;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.holdfast.domain.policy.Retry;
import org.holdfast.domain.shared.Ids;

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
        CORRUPT
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
        failure = null;
        nextTryAt = null;
    }

    public void verified(Instant now) {
        state = State.VERIFIED;
        verifiedAt = now;
        failure = null;
    }

    public void corrupt(String why) {
        state = State.CORRUPT;
        failure = why;
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

    /** Whether a restore may read from it. */
    public boolean readable() {
        return switch (state) {
            case UPLOADED, VERIFIED -> true;
            case FAILED, CORRUPT -> false;
        };
    }
}

package org.holdfast.domain.snapshot;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One copy that is read back again after its backup was made: because a person asked for it, or
 * because it was the one that had not been read back for the longest time.
 */
@Entity
@Table(name = "copy_readings")
public class CopyReading {
    public enum State {
        QUEUED,
        RUNNING,
        DONE
    }

    /** How a copy was found when it was read back. */
    public enum Finding {
        /** Hashes equal, decrypts and reads to the end. */
        SOUND,
        /**
         * Hashes equal; that they are those of a readable dump was shown before or by another copy,
         * or not at all.
         */
        INTACT,
        /** Not what was written. */
        CORRUPT,
        /** Could not be read now, which says nothing about it. */
        UNREACHABLE
    }

    @Id private UUID id;

    @Column(name = "copy_id")
    private UUID copyId;

    @Column(name = "snapshot_id")
    private UUID snapshotId;

    @Column(name = "store_id")
    private UUID storeId;

    @Column(name = "asked_by")
    private String askedBy;

    @Enumerated(EnumType.STRING)
    private State state;

    @Enumerated(EnumType.STRING)
    private Finding finding;

    private String words;
    private int attempt;

    @Column(name = "queued_at")
    private Instant queuedAt;

    @Column(name = "started_at")
    private Instant startedAt;

    @Column(name = "finished_at")
    private Instant finishedAt;

    @Column(name = "done_bytes")
    private long doneBytes;

    @Column(name = "total_bytes")
    private long totalBytes;

    protected CopyReading() {}

    /**
     * @param text what was found, or why not more was
     */
    public void done(Finding found, String text, Instant now) {
        if (state != State.RUNNING) {
            throw new IllegalStateException("Reading " + id + " is " + state + ", not RUNNING.");
        }
        state = State.DONE;
        finding = found;
        words = text;
        finishedAt = now;
    }

    public boolean open() {
        return state != State.DONE;
    }

    public UUID id() {
        return id;
    }

    public UUID copyId() {
        return copyId;
    }

    public UUID snapshotId() {
        return snapshotId;
    }

    public UUID storeId() {
        return storeId;
    }

    /** Empty where nobody asked and it was next. */
    public Optional<String> askedBy() {
        return Optional.ofNullable(askedBy);
    }

    public State state() {
        return state;
    }

    /** Null while it is open. */
    public Finding finding() {
        return finding;
    }

    public String words() {
        return words;
    }

    public int attempt() {
        return attempt;
    }

    public Instant queuedAt() {
        return queuedAt;
    }

    public Instant startedAt() {
        return startedAt;
    }

    public Instant finishedAt() {
        return finishedAt;
    }

    /** Stored bytes read so far. */
    public long doneBytes() {
        return doneBytes;
    }

    /** Stored bytes that there are to be read. */
    public long totalBytes() {
        return totalBytes;
    }
}

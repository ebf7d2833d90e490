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
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Refused;

/**
 * One attempt, or several by the retry rule, at backing a source up: QUEUED, claimed by one worker
 * and RUNNING, then COMPLETED (a {@link Snapshot} with the same id was committed by its manifest),
 * FAILED with the last words, or CANCELLED. A passing fault puts it back to QUEUED with a pause.
 * Its {@code attempt} number is the fence: a worker that lost its lease cannot write any more.
 */
@Entity
@Table(name = "backup_runs")
public class BackupRun {
    @Id private UUID id;

    @Column(name = "source_id")
    private UUID sourceId;

    @Column(name = "requested_by")
    private String requestedBy;

    @Enumerated(EnumType.STRING)
    private DumpFormat format;

    @Enumerated(EnumType.STRING)
    @Column(name = "row_proof")
    private RowProof rowProof;

    @Enumerated(EnumType.STRING)
    private RunState state;

    @Column(name = "policy_version")
    private String policyVersion;

    @Column(name = "queued_at")
    private Instant queuedAt;

    @Column(name = "not_before")
    private Instant notBefore;

    @Column(name = "started_at")
    private Instant startedAt;

    @Column(name = "finished_at")
    private Instant finishedAt;

    private int attempt;

    @Column(name = "cancel_requested")
    private boolean cancelRequested;

    private String phase;

    @Column(name = "raw_bytes")
    private long rawBytes;

    @Column(name = "stored_bytes")
    private long storedBytes;

    @Column(name = "estimate_bytes")
    private long estimateBytes;

    private Instant slot;

    @Column(name = "failure_code")
    private String failureCode;

    @Column(name = "failure_text")
    private String failureText;

    protected BackupRun() {}

    public BackupRun(
            Source source,
            String requestedBy,
            DumpFormat format,
            RowProof rowProof,
            String policyVersion,
            Instant now) {
        if (source.retired()) {
            throw new Refused(
                    "SOURCE-RETIRED",
                    "Source " + source.name() + " is retired.",
                    "Configure it again, or choose another source.");
        }
        this.id = Ids.next();
        this.sourceId = source.id();
        this.requestedBy = requestedBy;
        this.format = format;
        this.rowProof = rowProof;
        this.policyVersion = policyVersion;
        this.state = RunState.QUEUED;
        this.queuedAt = now;
        this.notBefore = now;
    }

    /** The run that a manifest in a store tells of, on a catalog that does not know it. */
    public static BackupRun recovered(Source source, Manifest manifest) {
        BackupRun run = new BackupRun();
        run.id = manifest.id();
        run.sourceId = source.id();
        run.requestedBy = manifest.requestedBy();
        run.format = manifest.format();
        run.rowProof = manifest.rowProof();
        run.policyVersion = manifest.policyVersion();
        run.state = RunState.COMPLETED;
        run.queuedAt = manifest.startedAt();
        run.notBefore = manifest.startedAt();
        run.startedAt = manifest.startedAt();
        run.finishedAt = manifest.finishedAt();
        run.attempt = 1;
        run.rawBytes = manifest.bytes().raw();
        run.storedBytes = manifest.bytes().stored();
        return run;
    }

    /** The schedule's slot that it was made for; no slot is run twice. */
    public void madeFor(Instant slot) {
        this.slot = slot;
    }

    /** Asked for by a person; a queued run ends at once, a running one when its worker notices. */
    public void cancel(Instant now) {
        if (state.ended()) {
            throw new Refused(
                    "BACKUP-ENDED",
                    "Backup " + id + " is " + state + "; there is nothing to cancel.",
                    "Open it to see its result.");
        }
        cancelRequested = true;
        if (state == RunState.QUEUED) {
            become(RunState.CANCELLED);
            finishedAt = now;
        }
    }

    public void complete(long raw, long stored, Instant now) {
        become(RunState.COMPLETED);
        finishedAt = now;
        rawBytes = raw;
        storedBytes = stored;
        phase = null;
        failureCode = null;
        failureText = null;
    }

    public void cancelled(Instant now) {
        become(RunState.CANCELLED);
        finishedAt = now;
        phase = null;
    }

    public void fail(String code, String lastWords, Instant now) {
        become(RunState.FAILED);
        failureCode = code;
        failureText = lastWords;
        finishedAt = now;
        phase = null;
    }

    /**
     * Back into the queue after a passing fault, or fail where the rule allows no more attempts.
     */
    public void failOrRetry(String code, String lastWords, Retry retry, Instant now) {
        if (retry.allowsAnotherAfter(attempt) && !cancelRequested) {
            become(RunState.QUEUED);
            failureCode = code;
            failureText = lastWords;
            notBefore = now.plus(retry.pauseAfter(attempt));
            phase = null;
        } else {
            fail(code, lastWords, now);
        }
    }

    private void become(RunState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException(
                    "Backup " + id + " cannot go from " + state + " to " + next + ".");
        }
        state = next;
    }

    public UUID id() {
        return id;
    }

    public UUID sourceId() {
        return sourceId;
    }

    public String requestedBy() {
        return requestedBy;
    }

    public DumpFormat format() {
        return format;
    }

    public RowProof rowProof() {
        return rowProof;
    }

    public RunState state() {
        return state;
    }

    public String policyVersion() {
        return policyVersion;
    }

    public Instant queuedAt() {
        return queuedAt;
    }

    public Instant notBefore() {
        return notBefore;
    }

    public Instant startedAt() {
        return startedAt;
    }

    public Instant finishedAt() {
        return finishedAt;
    }

    public int attempt() {
        return attempt;
    }

    public boolean cancelRequested() {
        return cancelRequested;
    }

    /** What the worker does now, one word; null when it does nothing. */
    public String phase() {
        return phase;
    }

    public long rawBytes() {
        return rawBytes;
    }

    public long storedBytes() {
        return storedBytes;
    }

    /** Raw bytes expected, 0 where nothing is known. */
    public long estimateBytes() {
        return estimateBytes;
    }

    public String failureCode() {
        return failureCode;
    }

    public String failureText() {
        return failureText;
    }
}

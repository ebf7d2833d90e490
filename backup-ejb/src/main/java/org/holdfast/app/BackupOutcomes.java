package org.holdfast.app;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.policy.Retry;
import org.holdfast.domain.policy.Shrinkage;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.BackupRuns;
import org.holdfast.domain.snapshot.CopyReading;
import org.holdfast.domain.snapshot.CopyReading.Finding;
import org.holdfast.domain.snapshot.CopyReadings;
import org.holdfast.domain.snapshot.ReadDepth;
import org.holdfast.domain.snapshot.RunState;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.storage.ObjectKey;

/**
 * What workers report of backups. Every method is fenced: a worker whose attempt is not the run's
 * current one is told so and changes nothing.
 */
@Stateless
public class BackupOutcomes {
    @Inject private BackupRuns runs;
    @Inject private Snapshots snapshots;
    @Inject private CopyReadings readings;
    @Inject private Sources sources;
    @Inject private AuditLog audit;
    @Inject private PolicyInForce policy;
    @Inject private Clock clock;

    /** Whether a copy reached its store. */
    public record CopyResult(UUID storeId, Optional<String> failure) {}

    /**
     * What was committed by the manifest.
     *
     * @param takenAt the moment whose state is held
     */
    public record Committed(
            ObjectKey prefix,
            Instant takenAt,
            long rawBytes,
            long storedBytes,
            int serverMajor,
            String manifest,
            List<CopyResult> copies) {}

    /**
     * How a copy was found when it was read back.
     *
     * @param text where it is INTACT, why it was read no deeper; where it is not, what was found
     */
    public record CopyCheck(UUID storeId, Finding finding, String text) {}

    /** The manifest stands in at least one store: from here on it is a snapshot. */
    public boolean committed(UUID runId, int attempt, Committed facts) {
        Optional<BackupRun> current = fenced(runId, attempt);
        if (current.isEmpty()) {
            return false;
        }
        BackupRun run = current.get();
        Instant now = clock.instant();
        Retry retry = retryOf(run);
        snapshots.add(
                new Snapshot(
                        run,
                        facts.prefix(),
                        facts.takenAt(),
                        facts.rawBytes(),
                        facts.storedBytes(),
                        facts.serverMajor(),
                        facts.manifest(),
                        now));
        for (CopyResult copy : facts.copies()) {
            snapshots.add(
                    copy.failure()
                            .map(f -> SnapshotCopy.failed(runId, copy.storeId(), f, retry, now))
                            .orElseGet(() -> SnapshotCopy.uploaded(runId, copy.storeId(), now)));
        }
        audit.append(
                AuditLog.SYSTEM,
                "backup.upload",
                "backup/" + runId,
                Map.of(
                        "key", facts.prefix().value(),
                        "copies",
                                facts.copies().stream().filter(c -> c.failure().isEmpty()).count(),
                        "storedBytes", facts.storedBytes()));
        return true;
    }

    /**
     * The end of the run. VERIFIED when at least one copy was found sound, SUSPECT when one was
     * found corrupt and none sound, else it stays UPLOADED with the reason. SUSPECT as well when it
     * is much smaller than those before it.
     */
    public boolean finished(UUID runId, int attempt, List<CopyCheck> checks, String unverified) {
        Optional<BackupRun> current = fenced(runId, attempt);
        if (current.isEmpty()) {
            return false;
        }
        Instant now = clock.instant();
        Snapshot snapshot = snapshots.lock(runId).orElseThrow();
        note(snapshot, checks, unverified, now);
        List<Shrinkage.Size> sizes = snapshots.sizes(runId);
        Shrinkage.of(sizes.get(0), sizes.subList(1, sizes.size()))
                .ifPresent(what -> shrunk(snapshot, what));
        current.get().complete(snapshot.rawBytes(), snapshot.storedBytes(), now);
        audit.append(
                AuditLog.SYSTEM,
                "backup.complete",
                "backup/" + runId,
                Map.of("rung", snapshot.rung().name()));
        return true;
    }

    private void note(Snapshot snapshot, List<CopyCheck> checks, String unverified, Instant now) {
        boolean sound = false;
        String corrupt = null;
        for (CopyCheck check : checks) {
            SnapshotCopy copy = snapshots.copy(snapshot.id(), check.storeId()).orElseThrow();
            switch (check.finding()) {
                case SOUND -> {
                    copy.verified(ReadDepth.WHOLE, "", now);
                    sound = true;
                }
                case INTACT -> copy.verified(ReadDepth.HASHES, check.text(), now);
                case CORRUPT -> {
                    copy.corrupt(check.text());
                    corrupt = check.text();
                }
                case UNREACHABLE -> unverified = check.text();
            }
        }
        if (sound) {
            snapshot.verified(now);
        } else if (corrupt != null) {
            snapshot.suspect(corrupt);
        } else {
            snapshot.notVerified(unverified);
        }
    }

    private void shrunk(Snapshot snapshot, String what) {
        snapshot.shrunk(what);
        audit.append(
                AuditLog.SYSTEM,
                "backup.shrunken",
                "backup/" + snapshot.id(),
                Map.of("found", what));
    }

    public boolean failed(UUID runId, int attempt, String code, String words, boolean passing) {
        Optional<BackupRun> current = fenced(runId, attempt);
        if (current.isEmpty()) {
            return false;
        }
        BackupRun run = current.get();
        Instant now = clock.instant();
        if (passing) {
            run.failOrRetry(code, words, retryOf(run), now);
        } else {
            run.fail(code, words, now);
        }
        audit.append(
                AuditLog.SYSTEM,
                run.state() == RunState.QUEUED ? "backup.retry" : "backup.fail",
                "backup/" + runId,
                Map.of("code", code, "attempt", attempt));
        return true;
    }

    public boolean cancelled(UUID runId, int attempt) {
        Optional<BackupRun> current = fenced(runId, attempt);
        current.ifPresent(
                run -> {
                    run.cancelled(clock.instant());
                    audit.append(AuditLog.SYSTEM, "backup.cancelled", "backup/" + runId, Map.of());
                });
        return current.isPresent();
    }

    /**
     * A copy that had failed was brought in from another store, or failed again.
     *
     * @param owner who claimed it
     */
    public boolean copied(UUID copyId, String owner, Optional<String> failure) {
        // The snapshot before its copy, as everywhere.
        UUID snapshotId = snapshots.copyById(copyId).orElseThrow().snapshotId();
        snapshots.lock(snapshotId).orElseThrow();
        Optional<SnapshotCopy> claimed =
                snapshots
                        .lockCopy(copyId, owner)
                        .filter(copy -> copy.state() == SnapshotCopy.State.FAILED);
        if (claimed.isEmpty()) {
            return false;
        }
        SnapshotCopy copy = claimed.get();
        Instant now = clock.instant();
        if (failure.isPresent()) {
            copy.fail(failure.get(), retryOf(runs.find(snapshotId).orElseThrow()), now);
        } else {
            copy.arrived(now);
            copy.verified(ReadDepth.HASHES, "It was brought in from another store, as it is.", now);
            audit.append(
                    AuditLog.SYSTEM,
                    "backup.copy",
                    "backup/" + snapshotId,
                    Map.of("store", copy.storeId().toString()));
        }
        return true;
    }

    /**
     * A restore or drill that read the copy found it wrong; nothing of it was applied. One that is
     * read from no more, or was found right since it began to read, stays as it is.
     *
     * @param reading since when
     */
    public boolean foundCorrupt(UUID snapshotId, UUID storeId, String text, Instant reading) {
        Snapshot snapshot = snapshots.lock(snapshotId).orElseThrow();
        Optional<SnapshotCopy> read =
                snapshots
                        .copy(snapshotId, storeId)
                        .filter(SnapshotCopy::readable)
                        .filter(
                                copy ->
                                        copy.verifiedAt() == null
                                                || !copy.verifiedAt().isAfter(reading));
        read.ifPresent(copy -> damaged(snapshot, copy, text));
        return read.isPresent();
    }

    /**
     * A kept copy was read back again. One that was found wrong is not read by restores any more; a
     * snapshot of which no readable copy is left becomes SUSPECT. A store that did not answer
     * changes nothing.
     *
     * @param bytes that were read
     */
    public boolean readBack(UUID readingId, int attempt, CopyCheck check, long bytes) {
        Optional<CopyReading> current =
                readings.lock(readingId)
                        .filter(r -> r.attempt() == attempt)
                        .filter(r -> r.state() == CopyReading.State.RUNNING);
        if (current.isEmpty()) {
            return false;
        }
        CopyReading reading = current.get();
        Snapshot snapshot = snapshots.lock(reading.snapshotId()).orElseThrow();
        SnapshotCopy copy = snapshots.copyById(reading.copyId()).orElseThrow();
        Instant now = clock.instant();
        reading.done(check.finding(), check.text(), now);
        readings.count(reading.storeId(), bytes);
        if (copy.leaving()) {
            return true;
        }
        boolean damaged = copy.state() == SnapshotCopy.State.CORRUPT;
        switch (check.finding()) {
            case SOUND -> {
                copy.verified(ReadDepth.WHOLE, "", now);
                snapshot.verified(now);
            }
            case INTACT -> {
                copy.verified(ReadDepth.HASHES, check.text(), now);
                snapshot.intact(check.text());
            }
            case CORRUPT -> damaged(snapshot, copy, check.text());
            case UNREACHABLE -> {}
        }
        boolean healed = damaged && copy.readable();
        if (healed || reading.askedBy().isPresent()) {
            audit.append(
                    AuditLog.SYSTEM,
                    healed ? "backup.healed" : "backup.read-back",
                    "backup/" + snapshot.id(),
                    Map.of(
                            "store", reading.storeId().toString(),
                            "found", check.finding().name(),
                            "askedBy", reading.askedBy().orElse("")));
        }
        return true;
    }

    private void damaged(Snapshot snapshot, SnapshotCopy copy, String text) {
        copy.corrupt(text);
        if (snapshots.copies(snapshot.id()).stream().noneMatch(SnapshotCopy::readable)) {
            snapshot.suspect(text);
        }
        audit.append(
                AuditLog.SYSTEM,
                "backup.corrupt",
                "backup/" + snapshot.id(),
                Map.of("store", copy.storeId().toString(), "found", text));
    }

    private Retry retryOf(BackupRun run) {
        Source source = sources.find(run.sourceId()).orElseThrow();
        return policy.now().of(source.name()).retry();
    }

    private Optional<BackupRun> fenced(UUID runId, int attempt) {
        return runs.lock(runId)
                .filter(r -> r.attempt() == attempt && r.state() == RunState.RUNNING);
    }
}

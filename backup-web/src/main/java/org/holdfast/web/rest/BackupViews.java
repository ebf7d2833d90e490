package org.holdfast.web.rest;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.app.Backups;
import org.holdfast.domain.snapshot.CopyReading;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.History;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.ReadDepth;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.storage.LockMode;

/** Backups as REST shows them. */
final class BackupViews {
    private BackupViews() {}

    /**
     * In a list.
     *
     * @param failure of the run's last attempt
     * @param doubt why it is SUSPECT, or why a check could not be made
     * @param readableIn names of the stores that hold a readable copy
     * @param failedIn names of the stores whose copy failed or is corrupt
     * @param hold the legal hold's reason
     * @param goesAt from when on its last copy may be removed, where all are marked
     */
    public record Item(
            UUID id,
            String status,
            String source,
            DumpFormat format,
            String requestedBy,
            Instant queuedAt,
            Instant startedAt,
            Instant finishedAt,
            Instant verifiedAt,
            Instant restoredAt,
            int attempt,
            String phase,
            long rawBytes,
            long storedBytes,
            Optional<Duration> durationSeconds,
            Optional<WorkViews.Failure> failure,
            Optional<String> doubt,
            List<String> readableIn,
            List<String> failedIn,
            Optional<LatestRestore> latestRestore,
            Optional<String> hold,
            Optional<Instant> goesAt) {}

    /**
     * The newest restore of a backup.
     *
     * @param breakGlass whether one person alone let it through
     */
    public record LatestRestore(
            UUID id, String status, String target, Instant at, boolean breakGlass) {}

    /**
     * One copy.
     *
     * @param verifiedDepth WHOLE: hashes equal, decrypted and read to the dump's end; HASHES: no
     *     more than hashes
     * @param verifiedNote why no more than hashes
     * @param reading the last time that it was read back again, or is to be
     * @param lock of all its objects, as the store showed it
     * @param lockFailure why it is not locked though it was to be
     */
    public record Copy(
            String store,
            String place,
            SnapshotCopy.State status,
            String failure,
            int attempt,
            Instant nextTryAt,
            Instant uploadedAt,
            Instant verifiedAt,
            ReadDepth verifiedDepth,
            Optional<String> verifiedNote,
            Optional<Reading> reading,
            Optional<Going> goes,
            Instant removedAt,
            Optional<Locked> lock,
            Optional<String> lockFailure) {}

    /**
     * Until when the store removes nothing of a copy.
     *
     * @param mode GOVERNANCE or COMPLIANCE
     */
    public record Locked(LockMode mode, Instant until) {}

    /**
     * A copy that is read back again.
     *
     * @param askedBy absent where nobody asked and the budget let it be next
     * @param finding SOUND, INTACT (hashes equal, not decrypted), CORRUPT, or UNREACHABLE, which
     *     says nothing about the copy; absent while it goes on
     */
    public record Reading(
            CopyReading.State status,
            Optional<String> askedBy,
            Instant queuedAt,
            Instant startedAt,
            Instant finishedAt,
            int attempt,
            long doneBytes,
            long totalBytes,
            CopyReading.Finding finding,
            Optional<String> text) {}

    /**
     * The mark on a copy that goes, or went.
     *
     * @param by a person, or holdfast for the rules
     * @param removeAfter until then it can be taken back
     */
    public record Going(Instant markedAt, String by, String why, Instant removeAfter) {}

    /**
     * A backup that is much smaller than those before it.
     *
     * @param found what is too small
     * @param acceptedBy who said that this is right; while it is absent, the backup is SUSPECT
     */
    public record Shrunken(
            String found,
            Optional<String> acceptedBy,
            Optional<String> acceptedWhy,
            Optional<Instant> acceptedAt) {}

    /** A legal hold. */
    public record Held(String reason, String by, Instant at) {}

    /**
     * What was done about how long a backup stays.
     *
     * @param status DELETED, KEPT, HELD or RELEASED; AWAITING_APPROVAL: nothing has changed yet
     * @param approval what it waits for
     */
    public record Kept(
            UUID id,
            String status,
            Optional<UUID> approval,
            Optional<String> hold,
            Optional<Instant> goesAt) {}

    /**
     * Whole.
     *
     * @param doubt why it is SUSPECT, or why a check could not be made
     * @param rows in all tables together, where the policy had them counted
     * @param key where its objects lie in every store
     */
    public record Whole(
            UUID id,
            String status,
            String source,
            DumpFormat format,
            String requestedBy,
            Instant queuedAt,
            Instant startedAt,
            Instant finishedAt,
            Optional<Instant> takenAt,
            Instant verifiedAt,
            Instant restoredAt,
            int attempt,
            String phase,
            long rawBytes,
            long storedBytes,
            Optional<Duration> durationSeconds,
            Optional<WorkViews.Failure> failure,
            Optional<String> doubt,
            Optional<Shrunken> shrunken,
            List<Copy> stores,
            Optional<WorkViews.Moving> progress,
            List<WorkViews.Phase> phases,
            Optional<Long> rows,
            Optional<LatestRestore> latestRestore,
            Optional<String> key,
            Optional<Held> hold,
            Optional<Instant> goesAt,
            Optional<Instant> expiredAt) {}

    /** Just queued. */
    public record Queued(UUID id, String status) {}

    static Item item(History.Row row) {
        return new Item(
                row.id(),
                row.status(),
                row.source(),
                row.format(),
                row.requestedBy(),
                row.queuedAt(),
                row.startedAt(),
                row.finishedAt(),
                row.verifiedAt(),
                row.restoredAt(),
                row.attempt(),
                row.phase(),
                row.rawBytes(),
                row.storedBytes(),
                WorkViews.between(row.startedAt(), row.finishedAt()),
                failure(row),
                Optional.ofNullable(row.failureCode() == null ? row.failureText() : null),
                row.stores(),
                row.failedStores(),
                latestRestore(row),
                Optional.ofNullable(row.hold()),
                Optional.ofNullable(row.goesAt()));
    }

    static Whole whole(Backups.Detail detail) {
        History.Row row = detail.row();
        return new Whole(
                row.id(),
                row.status(),
                row.source(),
                row.format(),
                row.requestedBy(),
                row.queuedAt(),
                row.startedAt(),
                row.finishedAt(),
                detail.snapshot().map(Snapshot::takenAt),
                row.verifiedAt(),
                row.restoredAt(),
                row.attempt(),
                row.phase(),
                row.rawBytes(),
                row.storedBytes(),
                WorkViews.between(row.startedAt(), row.finishedAt()),
                failure(row),
                detail.snapshot().map(Snapshot::doubt),
                detail.snapshot().filter(s -> s.shrunken() != null).map(BackupViews::shrunken),
                detail.copies().stream().map(BackupViews::copy).toList(),
                detail.progress().map(WorkViews::moving),
                detail.phases().stream().map(WorkViews::phase).toList(),
                detail.manifest().filter(m -> !m.tables().isEmpty()).map(Manifest::rows),
                latestRestore(row),
                detail.snapshot().map(snapshot -> snapshot.key().value()),
                detail.snapshot()
                        .filter(Snapshot::held)
                        .map(s -> new Held(s.holdReason(), s.heldBy(), s.heldAt())),
                Optional.ofNullable(row.goesAt()),
                detail.snapshot().map(Snapshot::expiredAt));
    }

    private static Copy copy(Backups.Copy copy) {
        SnapshotCopy at = copy.copy();
        return new Copy(
                copy.store(),
                copy.place(),
                at.state(),
                at.failure(),
                at.attempt(),
                at.nextTryAt(),
                at.uploadedAt(),
                at.verifiedAt(),
                at.verifiedDepth(),
                said(at.verifiedNote()),
                copy.reading().map(BackupViews::reading),
                at.doom().map(d -> new Going(d.at(), d.by(), d.why(), d.removeAfter())),
                at.removedAt(),
                at.lock().map(lock -> new Locked(lock.mode(), lock.until())),
                said(at.lockFailure()));
    }

    private static Shrunken shrunken(Snapshot snapshot) {
        return new Shrunken(
                snapshot.shrunken(),
                Optional.ofNullable(snapshot.shrunkenAcceptedBy()),
                Optional.ofNullable(snapshot.shrunkenAcceptedWhy()),
                Optional.ofNullable(snapshot.shrunkenAcceptedAt()));
    }

    private static Reading reading(CopyReading reading) {
        return new Reading(
                reading.state(),
                reading.askedBy(),
                reading.queuedAt(),
                reading.startedAt(),
                reading.finishedAt(),
                reading.attempt(),
                reading.doneBytes(),
                reading.totalBytes(),
                reading.finding(),
                said(reading.words()));
    }

    private static Optional<String> said(String text) {
        return Optional.ofNullable(text).filter(words -> !words.isEmpty());
    }

    private static Optional<WorkViews.Failure> failure(History.Row row) {
        return Optional.ofNullable(row.failureCode())
                .map(code -> new WorkViews.Failure(code, row.failureText()));
    }

    private static Optional<LatestRestore> latestRestore(History.Row row) {
        return Optional.ofNullable(row.latestRestore())
                .map(
                        id ->
                                new LatestRestore(
                                        id,
                                        row.latestRestoreStatus(),
                                        row.latestRestoreTarget(),
                                        row.latestRestoreAt(),
                                        row.latestRestoreBreakGlass()));
    }
}

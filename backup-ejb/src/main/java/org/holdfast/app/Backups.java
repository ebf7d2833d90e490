package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.BackupRun;
import org.holdfast.domain.snapshot.BackupRuns;
import org.holdfast.domain.snapshot.CopyReading;
import org.holdfast.domain.snapshot.CopyReadings;
import org.holdfast.domain.snapshot.DumpFormat;
import org.holdfast.domain.snapshot.History;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.snapshot.WorkRecords;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;

/** Backups as people ask for them and look at them. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class Backups {
    private static final int LOG_LINES = 2000;

    @Inject private Sources sources;
    @Inject private BackupRuns runs;
    @Inject private Snapshots snapshots;
    @Inject private CopyReadings readings;
    @Inject private StorageLocations stores;
    @Inject private History history;
    @Inject private WorkRecords records;
    @Inject private AuditLog audit;
    @Inject private PolicyInForce policy;
    @Inject private RecipientKeys keys;
    @Inject private Caller caller;
    @Inject private Clock clock;
    @Inject private Event<WorkQueued> queued;

    /**
     * Everything a page or the API shows of one backup.
     *
     * @param snapshot present once its manifest was committed
     * @param progress present while work goes on
     * @param newestLogSeq to ask for what came after
     */
    public record Detail(
            History.Row row,
            Optional<Snapshot> snapshot,
            Optional<Manifest> manifest,
            List<Copy> copies,
            List<WorkRecords.Phase> phases,
            Optional<Progress> progress,
            List<WorkRecords.Line> log) {}

    /**
     * One snapshot in one store, with the store's name and place.
     *
     * @param reading the last time that it was read back again, or is to be
     */
    public record Copy(
            String store, String place, SnapshotCopy copy, Optional<CopyReading> reading) {}

    /**
     * Queues a backup of a source.
     *
     * @param sourceName as the console shows it
     * @return the run's id, which becomes the snapshot's
     * @throws Refused where the source is not known, no recipient is set, or no store is there
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public UUID queue(String sourceName, DumpFormat format) {
        Source source = sources.required(sourceName);
        keys.required("backed up");
        stores.requireAny();
        Policy now = policy.now();
        BackupRun run =
                new BackupRun(
                        source,
                        caller.name(),
                        format,
                        now.of(source.name()).rowProof(),
                        now.version(),
                        clock.instant());
        runs.add(run);
        audit.append(
                caller.actor(),
                "backup.queue",
                "source/" + source.name(),
                Map.of("backup", run.id().toString(), "format", format.name()));
        queued.fire(new WorkQueued());
        return run.id();
    }

    /** Ends a queued run at once; a running one ends when its worker notices, within seconds. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public void cancel(UUID id) {
        BackupRun run = runs.lock(id).orElseThrow(() -> Refused.notFound("backup", id));
        run.cancel(clock.instant());
        audit.append(caller.actor(), "backup.cancel", "backup/" + id, Map.of());
    }

    /**
     * Queues every copy that is there, damaged ones too, to be read back; what is read back already
     * goes on.
     *
     * @throws Refused BACKUP-GONE, VERIFY-RUNNING
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public void verify(UUID id) {
        Snapshot snapshot = snapshots.locked(id);
        snapshot.requireThere();
        if (!runs.find(id).orElseThrow().state().ended()) {
            throw new Refused(
                    "VERIFY-RUNNING",
                    "Backup " + id + " is being made; it is read back at the end of that.",
                    "Wait for it to end.");
        }
        List<SnapshotCopy> there =
                snapshots.copies(id).stream().filter(SnapshotCopy::there).toList();
        if (there.isEmpty()) {
            throw new Refused(
                    "BACKUP-GONE",
                    "No store has a copy of backup " + id + " that could be read back.",
                    "Choose another backup.");
        }
        there.forEach(copy -> readings.ask(copy, caller.name(), snapshot.storedBytes()));
        audit.append(
                caller.actor(), "backup.verify", "backup/" + id, Map.of("copies", there.size()));
        queued.fire(new WorkQueued());
    }

    /**
     * Says that a backup is right although it is much smaller than those before it: from here on it
     * counts, and those after it are compared with it.
     *
     * @throws Refused SHRINKAGE-NONE, SHRINKAGE-REASON
     */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME})
    public void acceptShrinkage(UUID id, String reason) {
        Snapshot snapshot = snapshots.locked(id);
        snapshot.acceptShrinkage(caller.name(), reason, clock.instant());
        audit.append(
                caller.actor(),
                "backup.accept-shrinkage",
                "backup/" + id,
                Map.of(
                        "reason", snapshot.shrunkenAcceptedWhy(),
                        "found", snapshot.shrunken(),
                        "rung", snapshot.rung().name()));
    }

    public List<History.Row> rows(
            History.Filter filter, History.Sort sort, boolean ascending, int first, int max) {
        return history.rows(filter, sort, ascending, first, max);
    }

    public long count(History.Filter filter, long atMost) {
        return history.count(filter, atMost);
    }

    public Page<History.Row> page(History.Filter filter, Optional<String> cursor, int max) {
        return history.page(filter, cursor, max);
    }

    /** Names of the sources that can be backed up. */
    public List<String> sourceNames() {
        return sources.activeNames();
    }

    public Detail detail(UUID id) {
        History.Row row = history.row(id).orElseThrow(() -> Refused.notFound("backup", id));
        Optional<Snapshot> snapshot = snapshots.find(id);
        List<WorkRecords.Phase> phases = records.phases(id);
        // Before the copies: where a reading is told as done, what it found is told as well.
        Map<UUID, CopyReading> reread = readings.latest(id);
        Map<UUID, StorageLocation> places =
                stores.all().stream().collect(Collectors.toMap(StorageLocation::id, s -> s));
        return new Detail(
                row,
                snapshot,
                snapshot.map(s -> ManifestJson.read(s.manifest())),
                snapshots.copies(id).stream()
                        .map(
                                c ->
                                        new Copy(
                                                places.get(c.storeId()).name(),
                                                places.get(c.storeId()).place(),
                                                c,
                                                Optional.ofNullable(reread.get(c.id()))))
                        .toList(),
                phases,
                row.finishedAt() == null
                        ? Progress.of(phases, row.storedBytes(), clock.instant())
                        : Optional.empty(),
                records.log(id, 0, LOG_LINES));
    }

    /** Log lines after {@code afterSeq}. */
    public List<WorkRecords.Line> log(UUID id, long afterSeq) {
        runs.find(id).orElseThrow(() -> Refused.notFound("backup", id));
        return records.log(id, afterSeq, LOG_LINES);
    }

    public Optional<Progress> progress(UUID id) {
        return history.row(id)
                .filter(row -> row.finishedAt() == null)
                .flatMap(
                        row -> Progress.of(records.phases(id), row.storedBytes(), clock.instant()));
    }

    /** The signed text, byte for byte as it stands in the stores. */
    public String manifest(UUID id) {
        return snapshots
                .find(id)
                .orElseThrow(
                        () ->
                                new Refused(
                                        "NOT-FOUND",
                                        "Backup "
                                                + id
                                                + " has no manifest: it did not reach a store.",
                                        "Open the backup to see why, or choose a completed one."))
                .manifest();
    }

    /** How many runs are queued or running. */
    public int active() {
        return runs.active().size();
    }
}

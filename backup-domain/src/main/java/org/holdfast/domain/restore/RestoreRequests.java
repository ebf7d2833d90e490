package org.holdfast.domain.restore;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Page;

/** The restore records: table {@code backup_restores}. */
public interface RestoreRequests {
    /** The catalog's clock: what ends by it must be dated by it. */
    Instant now();

    void add(RestoreRequest request);

    Optional<RestoreRequest> find(UUID id);

    /** The row locked until the transaction ends. */
    Optional<RestoreRequest> lock(UUID id);

    /** The one that holds the target, if any. */
    Optional<RestoreRequest> activeOn(UUID targetId);

    /** Those that wait for a second person although their time is over. */
    List<UUID> unapproved(Instant now);

    /** Checks in the order they were made. */
    List<Check> checks(UUID restoreId);

    void addChecks(UUID restoreId, List<Check> checks);

    /**
     * A measured restore.
     *
     * @param rawBytes of the snapshot
     * @param took from start to end
     */
    record Measured(long rawBytes, Duration took) {}

    /** How many there are in each state; a state without any is left out. */
    Map<RestoreState, Long> countByState();

    /** Completed restores that were no dry runs, newest first. */
    List<Measured> measured(int max);

    /**
     * Drills that brought a backup back, newest first: how long fetching it, loading its rows and
     * making its indexes took.
     */
    List<Measured> drilled(int max);

    /**
     * @param source name, null where the snapshot is unknown
     * @param target name, null where it is unknown
     */
    record Row(
            UUID id,
            UUID snapshotId,
            String source,
            String target,
            boolean production,
            RestoreMode mode,
            boolean dryRun,
            RestoreState status,
            String requestedBy,
            String approvedBy,
            Instant queuedAt,
            Instant startedAt,
            Instant finishedAt,
            String phase,
            String result,
            String failureReason,
            boolean manual,
            boolean breakGlass) {}

    /** Newest first by keyset; {@code snapshotId} empty: of all. */
    Page<Row> page(Optional<UUID> snapshotId, Optional<String> cursor, int max);
}

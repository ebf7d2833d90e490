package org.holdfast.domain.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.shared.Page;

/** The history table: runs with the snapshot each left and the latest restore of it. */
public interface History {
    /** What a history page can be sorted by. */
    enum Sort {
        QUEUED_AT,
        SOURCE,
        STATUS,
        RAW_BYTES,
        STORED_BYTES,
        DURATION
    }

    /**
     * @param source name, empty: all
     * @param statuses as {@link Row#status()} tells them; empty: all
     * @param text found in the source's name or the requester's, or what an id begins or ends with
     *     (four signs of it or more); empty: all
     */
    record Filter(Optional<String> source, Set<String> statuses, Optional<String> text) {
        public static final Filter ALL = new Filter(Optional.empty(), Set.of(), Optional.empty());
    }

    /**
     * @param status QUEUED RUNNING FAILED CANCELLED of the run, or UPLOADED VERIFIED RESTORED
     *     SUSPECT EXPIRED of its snapshot
     * @param failureCode of the run's last failure, null where it had none
     * @param failureText its words, or the snapshot's doubt; null where nothing is to be said
     * @param stores names of the stores that hold a readable copy
     * @param failedStores names of the stores whose copy failed or is corrupt
     * @param hold the legal hold's reason, null where there is none
     * @param goesAt from when on its last copy may be removed, null where one is not marked
     */
    record Row(
            UUID id,
            String source,
            String status,
            DumpFormat format,
            String requestedBy,
            Instant queuedAt,
            Instant startedAt,
            Instant finishedAt,
            int attempt,
            String phase,
            long rawBytes,
            long storedBytes,
            long estimateBytes,
            Instant verifiedAt,
            Instant restoredAt,
            String failureCode,
            String failureText,
            List<String> stores,
            List<String> failedStores,
            UUID latestRestore,
            String latestRestoreStatus,
            String latestRestoreTarget,
            Instant latestRestoreAt,
            boolean latestRestoreBreakGlass,
            String hold,
            Instant goesAt) {}

    /** By offset, for the console's table. */
    List<Row> rows(Filter filter, Sort sort, boolean ascending, int first, int max);

    /** How many the filter lets through, counted up to {@code atMost}. */
    long count(Filter filter, long atMost);

    /** How many there are of each status that there is any of. */
    Map<String, Long> countByStatus();

    /** Newest first by keyset, for REST. */
    Page<Row> page(Filter filter, Optional<String> cursor, int max);

    Optional<Row> row(UUID id);
}

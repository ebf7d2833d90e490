package org.holdfast.domain.policy;

import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the company promised itself, with the names of {@code ops_backup_policy.json}.
 *
 * @param version hash or label of the policy text in force
 * @param rpoMinutes recovery point objective: how much work may be lost, minutes
 * @param rtoMinutes recovery time objective: how long a recovery may take, minutes
 * @param retentionDays how long snapshots are kept, days
 * @param logicalExportFrequencyMinutes how often each source is dumped, minutes
 * @param monthlyRestoreDay the drill day, e.g. {@code first_sunday}
 * @param keyRotationDays after how many days a key of the backups is to be replaced, 30 to 60
 * @param sources overrides by source name
 * @param onCall who is called when a recovery goes wrong
 * @param schedule when a source is backed up that has no schedule of its own
 */
public record Policy(
        String version,
        int rpoMinutes,
        int rtoMinutes,
        int retentionDays,
        int logicalExportFrequencyMinutes,
        String monthlyRestoreDay,
        int keyRotationDays,
        Map<String, ForSource> sources,
        OnCall onCall,
        Schedule schedule) {
    /** Of whoever says nothing else. */
    public static final Schedule NIGHTLY =
            new OnDays("nightly", LocalTime.of(2, 0), ZoneId.of("UTC"));

    /** The longest that a key is used unless the policy says less. */
    public static final int KEY_ROTATION_DAYS = 60;

    /** With nobody on call, nightly. */
    public Policy(
            String version,
            int rpoMinutes,
            int rtoMinutes,
            int retentionDays,
            int logicalExportFrequencyMinutes,
            String monthlyRestoreDay,
            Map<String, ForSource> sources) {
        this(
                version,
                rpoMinutes,
                rtoMinutes,
                retentionDays,
                logicalExportFrequencyMinutes,
                monthlyRestoreDay,
                KEY_ROTATION_DAYS,
                sources,
                OnCall.NOBODY,
                NIGHTLY);
    }

    /**
     * @param rowProof what is recorded of every table
     * @param stores names of the stores that get a copy; empty: all
     * @param retry for passing faults
     * @param schedule empty: the policy's
     */
    public record ForSource(
            RowProof rowProof, List<String> stores, Retry retry, Optional<Schedule> schedule) {
        public static final ForSource DEFAULT =
                new ForSource(RowProof.COUNTS, List.of(), Retry.DEFAULT);

        /** On the policy's schedule. */
        public ForSource(RowProof rowProof, List<String> stores, Retry retry) {
            this(rowProof, stores, retry, Optional.empty());
        }
    }

    public static Policy standard(int retentionDays) {
        return new Policy("default", 60, 240, retentionDays, 360, "first_sunday", Map.of());
    }

    /** When a source is backed up. */
    public Schedule scheduleOf(String sourceName) {
        return of(sourceName).schedule().orElse(schedule);
    }

    public ForSource of(String sourceName) {
        return sources.getOrDefault(sourceName, ForSource.DEFAULT);
    }
}

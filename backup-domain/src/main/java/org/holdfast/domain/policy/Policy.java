package org.holdfast.domain.policy;

import java.time.Duration;
import java.time.Instant;
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
 * @param retentionDays the name of the third runbook; where somebody set it, it counts for every
 *     store that {@code retention} gives no days of its own
 * @param logicalExportFrequencyMinutes how often each source is dumped, minutes
 * @param monthlyRestoreDay the drill day, e.g. {@code first_sunday}
 * @param keyRotationDays after how many days a key of the backups is to be replaced, 30 to 60
 * @param sources overrides by source name
 * @param onCall who is called when a recovery goes wrong
 * @param schedule when a source is backed up that has no schedule of its own
 * @param retention how long copies are kept of sources that say nothing else
 * @param freshness how old the newest backup may become before somebody is told; empty: {@link
 *     #FRESHNESS}, and longer where the schedule is slower
 * @param ahead how long before something expires it is told
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
        Schedule schedule,
        Retention retention,
        Optional<Duration> freshness,
        Ahead ahead) {
    /**
     * How long before something expires it is told, days.
     *
     * @param certificates of this console
     * @param credentials logins and tokens
     */
    public record Ahead(int certificates, int credentials) {
        public static final Ahead STANDARD = new Ahead(30, 14);
    }

    /** With the usual time ahead of what expires. */
    public Policy(
            String version,
            int rpoMinutes,
            int rtoMinutes,
            int retentionDays,
            int logicalExportFrequencyMinutes,
            String monthlyRestoreDay,
            int keyRotationDays,
            Map<String, ForSource> sources,
            OnCall onCall,
            Schedule schedule,
            Retention retention,
            Optional<Duration> freshness) {
        this(
                version,
                rpoMinutes,
                rtoMinutes,
                retentionDays,
                logicalExportFrequencyMinutes,
                monthlyRestoreDay,
                keyRotationDays,
                sources,
                onCall,
                schedule,
                retention,
                freshness,
                Ahead.STANDARD);
    }

    /** How old the newest backup may become where the policy says nothing. */
    public static final Duration FRESHNESS = Duration.ofHours(8);

    /** How long a backup may take after its slot before it is missed. */
    public static final Duration TIME_TO_RUN = Duration.ofHours(1);

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
                NIGHTLY,
                Retention.NOTHING_SAID,
                Optional.empty());
    }

    /**
     * @param rowProof what is recorded of every table
     * @param stores names of the stores that get a copy; empty: all
     * @param retry for passing faults
     * @param schedule empty: the policy's
     * @param retention what it says goes before what the policy says
     * @param freshness empty: the policy's
     */
    public record ForSource(
            RowProof rowProof,
            List<String> stores,
            Retry retry,
            Optional<Schedule> schedule,
            Retention retention,
            Optional<Duration> freshness) {
        public static final ForSource DEFAULT =
                new ForSource(RowProof.COUNTS, List.of(), Retry.DEFAULT);

        /** On the policy's schedule. */
        public ForSource(RowProof rowProof, List<String> stores, Retry retry) {
            this(
                    rowProof,
                    stores,
                    retry,
                    Optional.empty(),
                    Retention.NOTHING_SAID,
                    Optional.empty());
        }
    }

    public static Policy standard(int retentionDays) {
        return new Policy("default", 60, 240, retentionDays, 360, "first_sunday", Map.of());
    }

    /** The same with another retention. */
    public Policy keeping(Retention other) {
        return new Policy(
                version,
                rpoMinutes,
                rtoMinutes,
                retentionDays,
                logicalExportFrequencyMinutes,
                monthlyRestoreDay,
                keyRotationDays,
                sources,
                onCall,
                schedule,
                other,
                freshness,
                ahead);
    }

    /** When a source is backed up. */
    public Schedule scheduleOf(String sourceName) {
        return of(sourceName).schedule().orElse(schedule);
    }

    /**
     * How long copies of a source are kept in a store.
     *
     * @param bucket whether the store is one, and not a directory
     */
    public Retention.Rule retentionOf(String sourceName, String storeName, boolean bucket) {
        return Retention.rule(of(sourceName).retention(), retention, storeName, bucket);
    }

    /** How long a marked copy of a source waits before it is removed. */
    public Duration graceOf(String sourceName) {
        return of(sourceName).retention().grace().or(retention::grace).orElse(Retention.GRACE);
    }

    /** How old the newest backup of a source may become, where the policy says so. */
    public Optional<Duration> freshnessOf(String sourceName) {
        return of(sourceName).freshness().or(() -> freshness);
    }

    /**
     * When the newest backup of a source is too old. What the policy says counts as it stands;
     * where it says nothing that is after {@link #FRESHNESS}, but not before the schedule's next
     * slot, and {@link #TIME_TO_RUN}, have passed.
     *
     * @param takenAt the moment whose state the backup holds
     * @return empty where nothing is promised: neither an age nor a schedule
     */
    public Optional<Instant> dueOf(String sourceName, Instant takenAt) {
        Optional<Duration> promised = freshnessOf(sourceName);
        if (promised.isPresent()) {
            return promised.map(takenAt::plus);
        }
        Instant fresh = takenAt.plus(FRESHNESS);
        return scheduleOf(sourceName)
                .next(takenAt)
                .map(slot -> slot.plus(TIME_TO_RUN))
                .map(run -> run.isAfter(fresh) ? run : fresh);
    }

    public ForSource of(String sourceName) {
        return sources.getOrDefault(sourceName, ForSource.DEFAULT);
    }
}

package org.holdfast.domain.policy;

import java.util.List;
import java.util.Map;

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
        OnCall onCall) {

    /** The longest that a key is used unless the policy says less. */
    public static final int KEY_ROTATION_DAYS = 60;

    /** With nobody on call. */
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
                OnCall.NOBODY);
    }

    /**
     * @param rowProof what is recorded of every table
     * @param stores names of the stores that get a copy; empty: all
     * @param retry for passing faults
     */
    public record ForSource(RowProof rowProof, List<String> stores, Retry retry) {
        public static final ForSource DEFAULT =
                new ForSource(RowProof.COUNTS, List.of(), Retry.DEFAULT);
    }

    public static Policy standard(int retentionDays) {
        return new Policy("default", 60, 240, retentionDays, 360, "first_sunday", Map.of());
    }

    public ForSource of(String sourceName) {
        return sources.getOrDefault(sourceName, ForSource.DEFAULT);
    }
}

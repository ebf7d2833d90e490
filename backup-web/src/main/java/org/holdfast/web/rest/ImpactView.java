package org.holdfast.web.rest;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.holdfast.domain.restore.Impact;
import org.holdfast.domain.restore.TargetFacts;

/**
 * What a restore would mean, as REST shows it.
 *
 * @param id of the snapshot
 * @param status CLEAR or BLOCKED
 * @param ageSeconds of the snapshot's content
 * @param sourceVersion of the PostgreSQL server that the snapshot was taken from
 * @param dumpVersion of the pg_dump that made it, where that is known
 * @param versions how they go together with the target's: FITS, NEWER (an upgrade), NONE, UNKNOWN
 * @param lostRows in all tables together
 * @param needBytes disk the target's server needs while both databases stand
 * @param confirmPhrase to be given back exactly as {@code phrase}
 */
public record ImpactView(
        UUID id,
        String status,
        String source,
        String target,
        boolean production,
        Instant takenAt,
        Duration ageSeconds,
        long rawBytes,
        long storedBytes,
        long snapshotRows,
        String sourceVersion,
        Optional<String> dumpVersion,
        String versions,
        Facts facts,
        List<Loss> losses,
        long lostRows,
        long needBytes,
        OptionalLong roomBytes,
        Estimate estimate,
        List<Impact.Finding> blocks,
        List<Impact.Finding> warnings,
        List<Impact.Item> checklist,
        boolean needsApproval,
        String confirmPhrase) {

    /** What was seen of the target a moment ago. */
    public record Facts(
            Optional<String> problem,
            String database,
            boolean exists,
            String serverVersion,
            long sizeBytes,
            OptionalLong roomBytes,
            List<TargetFacts.Session> sessions,
            boolean mayCreateDatabases) {}

    /** A table of which the target has rows that the snapshot has not. */
    public record Loss(
            String table, long targetRows, long snapshotRows, long rows, boolean estimated) {}

    /**
     * @param measuredFrom how many measured restores and drills it rests on; 0: a guess by size
     */
    public record Estimate(
            Duration lowSeconds, Duration highSeconds, String basis, int measuredFrom) {}

    static ImpactView of(Impact impact) {
        TargetFacts facts = impact.facts();
        return new ImpactView(
                impact.snapshotId(),
                impact.blocks().isEmpty() ? "CLEAR" : "BLOCKED",
                impact.source(),
                impact.target(),
                impact.production(),
                impact.takenAt(),
                impact.age(),
                impact.rawBytes(),
                impact.storedBytes(),
                impact.snapshotRows(),
                impact.sourceVersion(),
                impact.dumpVersion(),
                impact.versions().name(),
                new Facts(
                        facts.problem(),
                        facts.database(),
                        facts.exists(),
                        facts.serverVersion(),
                        facts.sizeBytes(),
                        facts.roomBytes(),
                        facts.sessions(),
                        facts.mayCreateDatabases()),
                impact.losses().stream()
                        .map(
                                l ->
                                        new Loss(
                                                l.table(),
                                                l.targetRows(),
                                                l.snapshotRows(),
                                                l.rows(),
                                                l.estimated()))
                        .toList(),
                impact.losses().stream().mapToLong(Impact.Loss::rows).sum(),
                impact.needBytes(),
                impact.roomBytes(),
                new Estimate(
                        impact.estimate().low(),
                        impact.estimate().high(),
                        impact.estimate().basis(),
                        impact.estimate().measuredFrom()),
                impact.blocks(),
                impact.warnings(),
                impact.checklist(),
                impact.needsApproval(),
                impact.confirmPhrase());
    }
}

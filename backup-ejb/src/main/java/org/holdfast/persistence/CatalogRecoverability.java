package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.holdfast.domain.restore.Recoverability;
import org.holdfast.domain.snapshot.Rung;

/** One query for each sort of fact, whatever the number of sources. */
@ApplicationScoped
@Transactional
public class CatalogRecoverability implements Recoverability {
    private static final int SIZES = 30;

    private static final String SOURCES =
            """
            SELECT so.id, so.name, so.known_since, good.id, good.taken_at, good.rung,
                   measured.at, extract(epoch FROM measured.took) * 1000, proved.at
            FROM sources so
            LEFT JOIN LATERAL (
                SELECT x.id, x.taken_at, x.rung FROM snapshots x
                WHERE x.source_id = so.id AND x.rung IN ('UPLOADED', 'VERIFIED', 'RESTORED')
                  AND EXISTS (SELECT 1 FROM snapshot_copies c
                              WHERE c.snapshot_id = x.id AND c.state IN ('UPLOADED', 'VERIFIED'))
                  AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = x.id)
                ORDER BY x.taken_at DESC LIMIT 1) good ON true
            LEFT JOIN LATERAL (
                SELECT m.at, m.took FROM (
                    (SELECT b.finished_at AS at, b.finished_at - b.started_at AS took
                     FROM backup_restores b
                     WHERE b.source_id = so.id AND b.status IN ('COMPLETED', 'UNDONE')
                       AND NOT b.dry_run AND NOT b.manual
                       AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = b.snapshot_id)
                     ORDER BY b.finished_at DESC LIMIT 1)
                    UNION ALL
                    (SELECT d.finished_at, make_interval(secs => d.took_seconds) FROM drills d
                     WHERE d.source_id = so.id AND d.took_seconds IS NOT NULL AND d.verdict IN ('PASSED', 'PARTIAL')
                       AND d.cause <> 'TRIAL'
                       AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = d.snapshot_id)
                     ORDER BY d.finished_at DESC LIMIT 1)) m
                ORDER BY m.at DESC LIMIT 1) measured ON true
            LEFT JOIN LATERAL (
                SELECT x.restored_at AS at FROM snapshots x
                WHERE x.source_id = so.id AND x.restored_at IS NOT NULL
                ORDER BY x.restored_at DESC LIMIT 1) proved ON true
            WHERE NOT so.retired ORDER BY so.name""";

    /** A run that began a week before the first day and ended in it is counted where it ended. */
    private static final String DAYS =
            """
            SELECT so.id, CAST(CAST(coalesce(h.ended_at, h.queued_at) AT TIME ZONE 'UTC' AS date) AS text),
                   count(*) FILTER (WHERE h.status NOT IN ('FAILED', 'SUSPECT')),
                   count(*) FILTER (WHERE h.status IN ('FAILED', 'SUSPECT'))
            FROM sources so JOIN backup_history h ON h.source_name = so.name
            WHERE so.id = ANY (CAST(string_to_array(?2, ',') AS uuid[]))
              AND h.queued_at >= CAST(?1 AS timestamptz) - interval '7 days'
              AND coalesce(h.ended_at, h.queued_at) >= CAST(?1 AS timestamptz)
              AND h.status NOT IN ('QUEUED', 'RUNNING', 'CANCELLED')
              AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = h.id)
            GROUP BY 1, 2""";

    private static final String NEWEST =
            """
            SELECT so.id, s.taken_at, s.raw_bytes, extract(epoch FROM s.finished_at - s.started_at) * 1000
            FROM sources so CROSS JOIN LATERAL (
                SELECT x.taken_at, x.raw_bytes, r.started_at, r.finished_at
                FROM snapshots x JOIN backup_runs r ON r.id = x.id
                WHERE x.source_id = so.id AND x.rung <> 'SUSPECT' AND r.finished_at IS NOT NULL
                  AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = x.id)
                ORDER BY x.taken_at DESC LIMIT ?1) s
            WHERE so.id = ANY (CAST(string_to_array(?2, ',') AS uuid[])) ORDER BY so.id, s.taken_at""";

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public List<Known> sources() {
        return Sql.rows(
                entities,
                SOURCES,
                row ->
                        new Known(
                                Rows.uuid(row[0]),
                                Rows.text(row[1]),
                                Rows.instant(row[2]),
                                Optional.ofNullable(Rows.uuid(row[3]))
                                        .map(
                                                snapshot ->
                                                        new Newest(
                                                                snapshot,
                                                                Rows.instant(row[4]),
                                                                Rung.valueOf(Rows.text(row[5])))),
                                Optional.ofNullable(Rows.instant(row[6]))
                                        .map(at -> new Measured(at, millis(row[7]))),
                                Optional.ofNullable(Rows.instant(row[8]))));
    }

    @Override
    public Map<UUID, Lately> lately(Collection<UUID> sources, Instant now, int days) {
        String ids = sources.stream().map(UUID::toString).collect(Collectors.joining(","));
        LocalDate first = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(days - 1L);
        Map<UUID, Map<LocalDate, Day>> byDay = days(first, ids);
        Map<UUID, List<Size>> sizes = sizes(ids);
        return sources.stream()
                .collect(
                        Collectors.toMap(
                                id -> id,
                                id -> {
                                    Map<LocalDate, Day> known = byDay.getOrDefault(id, Map.of());
                                    return new Lately(
                                            Stream.iterate(first, day -> day.plusDays(1))
                                                    .limit(days)
                                                    .map(
                                                            day ->
                                                                    known.getOrDefault(
                                                                            day,
                                                                            new Day(day, 0, 0)))
                                                    .toList(),
                                            List.copyOf(sizes.getOrDefault(id, List.of())));
                                }));
    }

    private Map<UUID, Map<LocalDate, Day>> days(LocalDate first, String ids) {
        Map<UUID, Map<LocalDate, Day>> bySource = new HashMap<>();
        Sql.rows(
                        entities,
                        DAYS,
                        row -> row,
                        Rows.timestamp(first.atStartOfDay(ZoneOffset.UTC).toInstant()),
                        ids)
                .forEach(
                        row -> {
                            LocalDate day = LocalDate.parse(Rows.text(row[1]));
                            bySource.computeIfAbsent(Rows.uuid(row[0]), id -> new HashMap<>())
                                    .put(
                                            day,
                                            new Day(
                                                    day,
                                                    (int) Rows.number(row[2]),
                                                    (int) Rows.number(row[3])));
                        });
        return bySource;
    }

    private Map<UUID, List<Size>> sizes(String ids) {
        Map<UUID, List<Size>> bySource = new HashMap<>();
        Sql.rows(entities, NEWEST, row -> row, SIZES, ids)
                .forEach(
                        row ->
                                bySource.computeIfAbsent(Rows.uuid(row[0]), id -> new ArrayList<>())
                                        .add(
                                                new Size(
                                                        Rows.instant(row[1]),
                                                        Rows.number(row[2]),
                                                        millis(row[3]))));
        return bySource;
    }

    private static Duration millis(Object column) {
        return Duration.ofMillis(Math.max(0, Rows.number(column)));
    }
}

package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.holdfast.config.ScheduleWords;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.drill.DrillAges;
import org.holdfast.domain.shared.Refused;

/** What alerts and figures are made of that speak of drills. */
@ApplicationScoped
@Transactional
public class CatalogDrillStandings implements DrillAges {
    /** A drill of an import keeps no promise; that one passed takes back that another failed. */
    private static final String SOURCES =
            """
            SELECT so.id, so.name, so.known_since, own.finished_at, failed.number, failed.finished_at,
                   failed.failure_code, failed.failure_reason
            FROM sources so
            LEFT JOIN LATERAL (
                SELECT d.finished_at FROM drills d WHERE d.source_id = so.id AND d.verdict = 'PASSED' AND d.cause <> 'TRIAL'
                ORDER BY d.finished_at DESC LIMIT 1) passed ON true
            LEFT JOIN LATERAL (
                SELECT d.finished_at FROM drills d WHERE d.source_id = so.id AND d.verdict = 'PASSED' AND d.cause <> 'TRIAL'
                  AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = d.snapshot_id)
                ORDER BY d.finished_at DESC LIMIT 1) own ON true
            LEFT JOIN LATERAL (
                SELECT d.number, d.finished_at, d.failure_code, d.failure_reason FROM drills d
                WHERE d.source_id = so.id AND d.verdict = 'FAILED' AND d.cause <> 'TRIAL'
                  AND (passed.finished_at IS NULL OR d.finished_at > passed.finished_at)
                ORDER BY d.finished_at DESC LIMIT 1) failed ON true
            WHERE NOT so.retired ORDER BY so.name""";

    private static final String PLANS =
            """
            SELECT source_id, schedule, made_at, paused FROM drill_plans WHERE NOT retired""";

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    private record Plan(UUID source, String schedule, Instant madeAt, boolean paused) {
        Optional<Instant> slotAfter(Instant moment) {
            try {
                return ScheduleWords.of(schedule).next(moment);
            } catch (Refused e) {
                return Optional.empty();
            }
        }
    }

    /** Of each source in use. */
    List<AlertFacts.OfDrills> facts() {
        Map<UUID, List<Plan>> plans = new HashMap<>();
        Sql.rows(
                        entities,
                        PLANS,
                        c ->
                                new Plan(
                                        Rows.uuid(c[0]),
                                        Rows.text(c[1]),
                                        Rows.instant(c[2]),
                                        (Boolean) c[3]))
                .forEach(
                        plan ->
                                plans.merge(
                                        plan.source(),
                                        List.of(plan),
                                        (a, b) -> Stream.concat(a.stream(), b.stream()).toList()));
        return Sql.rows(
                entities,
                SOURCES,
                c -> {
                    List<Plan> of = plans.getOrDefault(Rows.uuid(c[0]), List.of());
                    Optional<Instant> passed = Optional.ofNullable(Rows.instant(c[3]));
                    Optional<Instant> promised =
                            of.stream().map(Plan::madeAt).min(Comparator.naturalOrder());
                    return new AlertFacts.OfDrills(
                            Rows.text(c[1]),
                            Rows.instant(c[2]),
                            promised,
                            passed,
                            promised.flatMap(
                                    since -> {
                                        Instant from =
                                                passed.filter(at -> at.isAfter(since))
                                                        .orElse(since);
                                        return of.stream()
                                                .flatMap(plan -> plan.slotAfter(from).stream())
                                                .min(Comparator.naturalOrder());
                                    }),
                            !of.isEmpty() && of.stream().allMatch(Plan::paused),
                            Optional.ofNullable(Rows.text(c[4]))
                                    .map(
                                            number ->
                                                    new AlertFacts.FailedDrill(
                                                            number,
                                                            Rows.instant(c[5]),
                                                            "DRILL-CHECK-FAILED"
                                                                    .equals(Rows.text(c[6])),
                                                            Optional.ofNullable(Rows.text(c[7])))));
                });
    }

    @Override
    public Map<String, Instant> lastPassed() {
        Map<String, Instant> passed = new TreeMap<>();
        Sql.rows(
                        entities,
                        """
                        SELECT so.name, max(d.finished_at) FROM drills d JOIN sources so ON so.id = d.source_id
                        WHERE d.verdict = 'PASSED' AND d.cause <> 'TRIAL' AND NOT so.retired
                          AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.run_id = d.snapshot_id)
                        GROUP BY so.name""",
                        row -> row)
                .forEach(row -> passed.put(Rows.text(row[0]), Rows.instant(row[1])));
        return passed;
    }

    @Override
    public Map<String, Use> uses() {
        Map<String, Use> uses = new TreeMap<>();
        Sql.rows(
                        entities,
                        """
                        SELECT name, known_since, last FROM (
                            SELECT so.name, so.known_since, so.retired, CASE WHEN so.retired THEN greatest(
                                (SELECT max(r.queued_at) FROM backup_runs r WHERE r.source_id = so.id),
                                (SELECT max(d.queued_at) FROM drills d WHERE d.source_id = so.id)) END AS last
                            FROM sources so) used
                        WHERE NOT retired OR last IS NOT NULL""",
                        row -> row)
                .forEach(
                        row ->
                                uses.put(
                                        Rows.text(row[0]),
                                        new Use(
                                                Rows.instant(row[1]),
                                                Optional.ofNullable(Rows.instant(row[2])))));
        return uses;
    }
}

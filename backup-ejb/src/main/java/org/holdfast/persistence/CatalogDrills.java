package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.drill.CheckKind;
import org.holdfast.domain.drill.DrillCause;
import org.holdfast.domain.drill.DrillCheck;
import org.holdfast.domain.drill.DrillIssue;
import org.holdfast.domain.drill.DrillPlace;
import org.holdfast.domain.drill.DrillState;
import org.holdfast.domain.drill.DrillVerdict;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.drill.RestoreDrill;
import org.holdfast.domain.drill.SignOff;
import org.holdfast.domain.shared.Page;

/** Tables {@code drills}, {@code drill_checks}, {@code drill_issues} and {@code drill_signoffs}. */
@ApplicationScoped
@Transactional
public class CatalogDrills implements Drills {
    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public void add(RestoreDrill drill) {
        entities.persist(drill);
        // Checks and issues refer to it, and the provider knows no relation to order them by.
        entities.flush();
    }

    @Override
    public String nextNumber(int year) {
        long next =
                Rows.number(
                        Sql.value(
                                entities,
                                """
                                INSERT INTO drill_numbers AS n (year, last) VALUES (?, 1)
                                ON CONFLICT (year) DO UPDATE SET last = n.last + 1 RETURNING last""",
                                year));
        return "D-" + year + "-" + next;
    }

    @Override
    public Optional<RestoreDrill> find(UUID id) {
        return Optional.ofNullable(entities.find(RestoreDrill.class, id));
    }

    @Override
    public Optional<RestoreDrill> lock(UUID id) {
        return Rows.lock(entities, RestoreDrill.class, id);
    }

    @Override
    public List<Name> names(Collection<UUID> ids) {
        return Sql.rows(
                entities,
                """
                SELECT id, number, source_id, source_name, queued_at FROM drills
                WHERE id = ANY (CAST(string_to_array(?1, ',') AS uuid[]))""",
                c ->
                        new Name(
                                Rows.uuid(c[0]),
                                Rows.text(c[1]),
                                Rows.uuid(c[2]),
                                Rows.text(c[3]),
                                Rows.instant(c[4])),
                ids.stream().map(UUID::toString).collect(Collectors.joining(",")));
    }

    @Override
    public List<Database> databases() {
        return Sql.rows(
                entities,
                """
                SELECT s.id, s.name, NOT s.retired FROM sources s
                WHERE NOT s.retired OR EXISTS (SELECT FROM drills d WHERE d.source_id = s.id)
                ORDER BY s.name""",
                c -> new Database(Rows.uuid(c[0]), Rows.text(c[1]), (Boolean) c[2]));
    }

    @Override
    public List<DrillCheck> checks(UUID drillId) {
        return Sql.rows(
                entities,
                """
                SELECT kind, name, body, demanded, expected, actual, verdict, millis
                FROM drill_checks WHERE drill_id = ? ORDER BY seq""",
                c ->
                        new DrillCheck(
                                CheckKind.valueOf(Rows.text(c[0])),
                                Rows.text(c[1]),
                                Rows.text(c[2]),
                                (Boolean) c[3],
                                Rows.text(c[4]),
                                Rows.text(c[5]),
                                DrillCheck.Verdict.valueOf(Rows.text(c[6])),
                                Duration.ofMillis(Rows.number(c[7]))),
                drillId);
    }

    @Override
    public void addChecks(UUID drillId, List<DrillCheck> checks) {
        int seq =
                (int)
                        Rows.number(
                                Sql.value(
                                        entities,
                                        "SELECT coalesce(max(seq), 0) FROM drill_checks WHERE drill_id = ?",
                                        drillId));
        for (DrillCheck check : checks) {
            Sql.change(
                    entities,
                    """
                    INSERT INTO drill_checks (drill_id, seq, kind, name, body, demanded, expected, actual, verdict, millis)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                    drillId,
                    ++seq,
                    check.kind().name(),
                    check.name(),
                    check.text(),
                    check.demanded(),
                    check.expected(),
                    check.actual(),
                    check.verdict().name(),
                    check.took().toMillis());
        }
    }

    @Override
    public List<UUID> retests(UUID drillId) {
        return entities.createQuery(
                        "SELECT d.id FROM RestoreDrill d WHERE d.retestOf = :of"
                                + " ORDER BY d.requestedAt, d.id",
                        UUID.class)
                .setParameter("of", drillId)
                .getResultList();
    }

    @Override
    public boolean hasSlot(UUID planId, Instant slot) {
        return Rows.number(
                        Sql.value(
                                entities,
                                "SELECT count(*) FROM drills WHERE plan_id = ? AND slot = CAST(? AS timestamptz)",
                                planId,
                                Rows.timestamp(slot)))
                > 0;
    }

    @Override
    public Page<Row> page(Filter filter, Optional<String> cursor, int max) {
        StringBuilder sql =
                new StringBuilder(
                        """
                        SELECT d.id, d.number, d.plan_id, d.plan_name, d.status, d.verdict, d.cause,
                            d.source_id, d.source_name, d.snapshot_id, d.taken_at, d.place, d.target_name,
                            d.requested_by, d.queued_at, d.started_at, d.finished_at, d.phase,
                            d.done_bytes, d.total_bytes, d.rto_seconds, d.rpo_seconds,
                            d.data_age_seconds, d.took_seconds, d.failure_reason, d.kept_until,
                            d.destroyed_at,
                            (SELECT count(*) FROM drill_checks c WHERE c.drill_id = d.id) AS checks,
                            (SELECT count(*) FROM drill_checks c WHERE c.drill_id = d.id
                                AND c.verdict <> 'PASSED') AS not_passed,
                            (SELECT count(*) FROM drill_issues i WHERE i.drill_id = d.id
                                AND i.closed_at IS NULL) AS open_issues
                        FROM drills d WHERE true""");
        List<Object> values = new ArrayList<>();
        filter.source().ifPresent(id -> and(sql, values, " AND d.source_id = ?", id));
        filter.plan().ifPresent(id -> and(sql, values, " AND d.plan_id = ?", id));
        filter.snapshot().ifPresent(id -> and(sql, values, " AND d.snapshot_id = ?", id));
        oneOf(sql, values, "d.status", filter.states());
        oneOf(sql, values, "d.verdict", filter.verdicts());
        filter.from().ifPresent(at -> and(sql, values, since(">="), Rows.timestamp(at)));
        filter.until().ifPresent(at -> and(sql, values, since("<"), Rows.timestamp(at)));
        cursor.map(Rows.Cursor::of)
                .ifPresent(
                        c -> {
                            sql.append(
                                    " AND (d.queued_at, d.id) < (CAST(? AS timestamptz), CAST(? AS uuid))");
                            values.add(Rows.timestamp(c.at()));
                            values.add(c.id());
                        });
        sql.append(" ORDER BY d.queued_at DESC, d.id DESC LIMIT ?");
        values.add(max + 1);
        List<Row> rows = Sql.rows(entities, sql.toString(), CatalogDrills::row, values.toArray());
        return Page.of(rows, max, last -> new Rows.Cursor(last.requestedAt(), last.id()).text());
    }

    @Override
    public List<OfMonth> months(Optional<UUID> source, Instant from) {
        StringBuilder sql =
                new StringBuilder(
                        """
                        SELECT d.source_id, to_char(d.queued_at AT TIME ZONE 'UTC', 'YYYY-MM'), d.verdict, count(*)
                        FROM drills d WHERE d.verdict IS NOT NULL AND d.cause <> 'TRIAL'""");
        List<Object> values = new ArrayList<>();
        and(sql, values, since(">="), Rows.timestamp(from));
        source.ifPresent(id -> and(sql, values, " AND d.source_id = ?", id));
        sql.append(" GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");
        return Sql.rows(
                entities,
                sql.toString(),
                c ->
                        new OfMonth(
                                Rows.uuid(c[0]),
                                YearMonth.parse(Rows.text(c[1])),
                                DrillVerdict.valueOf(Rows.text(c[2])),
                                Rows.number(c[3])),
                values.toArray());
    }

    private static String since(String compared) {
        return " AND d.queued_at " + compared + " CAST(? AS timestamptz)";
    }

    private static void and(StringBuilder sql, List<Object> values, String text, Object value) {
        sql.append(text);
        values.add(value);
    }

    private static void oneOf(
            StringBuilder sql,
            List<Object> values,
            String column,
            Collection<? extends Enum<?>> of) {
        if (of.isEmpty()) {
            return;
        }
        sql.append(" AND ")
                .append(column)
                .append(" IN (")
                .append(String.join(", ", Collections.nCopies(of.size(), "?")))
                .append(")");
        of.forEach(value -> values.add(value.name()));
    }

    private static Row row(Object[] c) {
        return new Row(
                Rows.uuid(c[0]),
                Rows.text(c[1]),
                Rows.uuid(c[2]),
                Rows.text(c[3]),
                DrillState.valueOf(Rows.text(c[4])),
                c[5] == null ? null : DrillVerdict.valueOf(Rows.text(c[5])),
                DrillCause.valueOf(Rows.text(c[6])),
                Rows.uuid(c[7]),
                Rows.text(c[8]),
                Rows.uuid(c[9]),
                Rows.instant(c[10]),
                DrillPlace.valueOf(Rows.text(c[11])),
                Rows.text(c[12]),
                Rows.text(c[13]),
                Rows.instant(c[14]),
                Rows.instant(c[15]),
                Rows.instant(c[16]),
                Rows.text(c[17]),
                Rows.number(c[18]),
                Rows.number(c[19]),
                Rows.number(c[20]),
                Rows.number(c[21]),
                c[22] == null ? null : Rows.number(c[22]),
                c[23] == null ? null : Rows.number(c[23]),
                Rows.text(c[24]),
                Rows.instant(c[25]),
                Rows.instant(c[26]),
                (int) Rows.number(c[27]),
                (int) Rows.number(c[28]),
                (int) Rows.number(c[29]));
    }

    @Override
    public void add(DrillIssue issue) {
        entities.persist(issue);
    }

    @Override
    public Optional<DrillIssue> lockIssue(UUID id) {
        return Rows.lock(entities, DrillIssue.class, id);
    }

    @Override
    public List<DrillIssue> issues(UUID drillId) {
        return entities.createQuery(
                        "SELECT i FROM DrillIssue i WHERE i.drillId = :drill"
                                + " ORDER BY i.raisedAt, i.id",
                        DrillIssue.class)
                .setParameter("drill", drillId)
                .getResultList();
    }

    @Override
    public void add(SignOff said) {
        entities.persist(said);
    }

    @Override
    public List<SignOff> signOffs(UUID drillId) {
        return entities.createQuery(
                        "SELECT s FROM SignOff s WHERE s.drillId = :drill ORDER BY s.at, s.id",
                        SignOff.class)
                .setParameter("drill", drillId)
                .getResultList();
    }
}

package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.holdfast.domain.restore.Check;
import org.holdfast.domain.restore.RestoreMode;
import org.holdfast.domain.restore.RestoreRequest;
import org.holdfast.domain.restore.RestoreRequests;
import org.holdfast.domain.restore.RestoreState;
import org.holdfast.domain.shared.Page;

/** Tables {@code backup_restores} and {@code restore_checks}. */
@ApplicationScoped
@Transactional
public class CatalogRestores implements RestoreRequests {
    private static final Set<RestoreState> ACTIVE =
            Set.of(RestoreState.AWAITING_APPROVAL, RestoreState.QUEUED, RestoreState.RUNNING);

    @PersistenceContext(unitName = Catalog.UNIT)
    private EntityManager entities;

    @Override
    public Instant now() {
        return Rows.instant(
                entities.createNativeQuery("SELECT clock_timestamp()").getSingleResult());
    }

    /** Written at once, so that a second active one on the target fails here and not at commit. */
    @Override
    public void add(RestoreRequest request) {
        entities.persist(request);
        entities.flush();
    }

    @Override
    public Optional<RestoreRequest> find(UUID id) {
        return Optional.ofNullable(entities.find(RestoreRequest.class, id));
    }

    @Override
    public Optional<RestoreRequest> lock(UUID id) {
        return Rows.lock(entities, RestoreRequest.class, id);
    }

    @Override
    public Optional<RestoreRequest> activeOn(UUID targetId) {
        return entities.createQuery(
                        "SELECT r FROM RestoreRequest r"
                                + " WHERE r.targetId = :target AND r.status IN :active",
                        RestoreRequest.class)
                .setParameter("target", targetId)
                .setParameter("active", ACTIVE)
                .getResultStream()
                .findFirst();
    }

    @Override
    public List<UUID> unapproved(Instant now) {
        return entities.createQuery(
                        "SELECT r.id FROM RestoreRequest r WHERE r.status = :waiting"
                                + " AND r.approvalUntil <= :now ORDER BY r.approvalUntil",
                        UUID.class)
                .setParameter("waiting", RestoreState.AWAITING_APPROVAL)
                .setParameter("now", now)
                .getResultList();
    }

    @Override
    public List<Check> checks(UUID restoreId) {
        return Sql.rows(
                entities,
                "SELECT name, expected, actual, passed FROM restore_checks WHERE restore_id = ? ORDER BY seq",
                row ->
                        new Check(
                                Rows.text(row[0]),
                                Rows.text(row[1]),
                                Rows.text(row[2]),
                                (Boolean) row[3]),
                restoreId);
    }

    @Override
    public void addChecks(UUID restoreId, List<Check> checks) {
        int before =
                (int)
                        Rows.number(
                                Sql.value(
                                        entities,
                                        "SELECT coalesce(max(seq), 0) FROM restore_checks WHERE restore_id = ?",
                                        restoreId));
        for (int i = 0; i < checks.size(); i++) {
            Check check = checks.get(i);
            Sql.change(
                    entities,
                    """
                    INSERT INTO restore_checks (restore_id, seq, name, expected, actual, passed)
                    VALUES (?, ?, ?, ?, ?, ?)""",
                    restoreId,
                    before + i + 1,
                    check.name(),
                    check.expected(),
                    check.actual(),
                    check.passed());
        }
    }

    @Override
    public Map<RestoreState, Long> countByState() {
        Map<RestoreState, Long> counted = new EnumMap<>(RestoreState.class);
        Sql.rows(
                        entities,
                        "SELECT status, count(*) FROM backup_restores GROUP BY status",
                        row -> row)
                .forEach(
                        row ->
                                counted.put(
                                        RestoreState.valueOf(Rows.text(row[0])),
                                        Rows.number(row[1])));
        return counted;
    }

    @Override
    public List<Measured> measured(int max) {
        return Sql.rows(
                entities,
                """
                SELECT s.raw_bytes, extract(epoch FROM r.finished_at - r.started_at) * 1000
                FROM backup_restores r JOIN snapshots s ON s.id = r.snapshot_id
                WHERE r.status IN ('COMPLETED', 'UNDONE') AND NOT r.dry_run AND NOT r.manual
                  AND r.finished_at > r.started_at
                ORDER BY r.queued_at DESC, r.id DESC LIMIT ?""",
                row -> new Measured(Rows.number(row[0]), Duration.ofMillis(Rows.number(row[1]))),
                max);
    }

    @Override
    public List<Measured> drilled(int max) {
        return Sql.rows(
                entities,
                """
                SELECT s.raw_bytes, sum(extract(epoch FROM p.finished_at - p.started_at)) * 1000
                FROM (SELECT id, attempt, snapshot_id, queued_at FROM drills
                      WHERE verdict IN ('PASSED', 'PARTIAL') AND cause <> 'TRIAL'
                      ORDER BY queued_at DESC, id DESC LIMIT ?) d
                JOIN snapshots s ON s.id = d.snapshot_id
                JOIN work_phases p ON p.work_id = d.id AND p.attempt = d.attempt
                WHERE p.name IN ('fetch', 'restore', 'index') AND p.finished_at IS NOT NULL
                GROUP BY d.id, d.queued_at, s.raw_bytes
                ORDER BY d.queued_at DESC, d.id DESC""",
                row -> new Measured(Rows.number(row[0]), Duration.ofMillis(Rows.number(row[1]))),
                max);
    }

    @Override
    public Page<Row> page(Optional<UUID> snapshotId, Optional<String> cursor, int max) {
        StringBuilder sql =
                new StringBuilder(
                        """
                        SELECT r.id, r.snapshot_id, so.name AS source, t.name AS target,
                            coalesce(t.production, false), r.mode, r.dry_run, r.status, r.requested_by,
                            r.approved_by, r.queued_at, r.started_at, r.finished_at, r.phase, r.result,
                            r.failure_reason, r.manual, r.break_glass
                        FROM backup_restores r
                        LEFT JOIN snapshots s ON s.id = r.snapshot_id
                        LEFT JOIN sources so ON so.id = s.source_id
                        LEFT JOIN targets t ON t.id = r.target_id
                        WHERE true""");
        List<Object> values = new ArrayList<>();
        snapshotId.ifPresent(
                id -> {
                    sql.append(" AND r.snapshot_id = ?");
                    values.add(id);
                });
        cursor.map(Rows.Cursor::of)
                .ifPresent(
                        c -> {
                            sql.append(
                                    " AND (r.queued_at, r.id) < (CAST(? AS timestamptz), CAST(? AS uuid))");
                            values.add(Rows.timestamp(c.at()));
                            values.add(c.id());
                        });
        sql.append(" ORDER BY r.queued_at DESC, r.id DESC LIMIT ?");
        values.add(max + 1);
        List<Row> rows = Sql.rows(entities, sql.toString(), CatalogRestores::row, values.toArray());
        return Page.of(rows, max, last -> new Rows.Cursor(last.queuedAt(), last.id()).text());
    }

    private static Row row(Object[] c) {
        return new Row(
                Rows.uuid(c[0]),
                Rows.uuid(c[1]),
                Rows.text(c[2]),
                Rows.text(c[3]),
                (Boolean) c[4],
                RestoreMode.valueOf(Rows.text(c[5])),
                (Boolean) c[6],
                RestoreState.valueOf(Rows.text(c[7])),
                Rows.text(c[8]),
                Rows.text(c[9]),
                Rows.instant(c[10]),
                Rows.instant(c[11]),
                Rows.instant(c[12]),
                Rows.text(c[13]),
                Rows.text(c[14]),
                Rows.text(c[15]),
                (Boolean) c[16],
                (Boolean) c[17]);
    }
}
